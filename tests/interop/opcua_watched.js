// A small node-opcua server to be watched: fast and steady values, and how many sessions and subscriptions it holds.
// Arguments: "lazy" publishes every three seconds at the most; "few" watches two items only. Prints its endpoint as
// one line of JSON once it accepts connections; ends when its standard input closes.
const { OPCUAServer, Subscription } = require("node-opcua-server");
const { DataType, Variant } = require("node-opcua-variant");
const sets = require("node-opcua-nodesets").nodesets;
const what = process.argv.slice(2);

(async () => {
  if (what.includes("lazy")) Subscription.minimumPublishingInterval = 3000;
  const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port: 0,
    resourcePath: "/watched",
    nodeset_filename: [sets.standard],
    allowAnonymous: true,
    serverCapabilities: what.includes("few") ? { maxMonitoredItems: 2, maxMonitoredItemsPerSubscription: 2 } : {},
  });
  await server.initialize();
  const own = server.engine.addressSpace.getOwnNamespace();
  const box = own.addObject({ organizedBy: server.engine.addressSpace.rootFolder.objects, browseName: "Box" });
  const add = (browseName, dataType, value) => own.addVariable({
    componentOf: box, browseName, nodeId: `s=${browseName}`, dataType, minimumSamplingInterval: 50, value,
  });
  const fast = add("Fast", "UInt32", { dataType: DataType.UInt32, value: 0 });
  add("Steady", "Double", { dataType: DataType.Double, value: 7.5 });
  add("Name", "String", { dataType: DataType.String, value: "box" });
  const count = (get) => ({ get: () => new Variant({ dataType: DataType.UInt32, value: get() }) });
  add("Sessions", "UInt32", count(() => server.engine.currentSessionCount));
  add("Subscriptions", "UInt32", count(() => server.engine.currentSubscriptionCount));
  let turn = 0;
  setInterval(() => { turn += 1; fast.setValueFromSource({ dataType: DataType.UInt32, value: turn }); }, 50).unref();
  await server.start();
  const port = server.endpoints[0].endpointDescriptions()[0].endpointUrl.match(/:(\d+)\//)[1];
  process.stdout.write(JSON.stringify({ address: `opc.tcp://127.0.0.1:${port}/watched` }) + "\n");
  process.stdin.resume();
  process.stdin.on("end", async () => { await server.shutdown(0); process.exit(0); });
})().catch((error) => { process.stderr.write(String(error.stack) + "\n"); process.exit(1); });
