// node-opcua's client, for measuring: `client.js CASE ADDRESS SECONDS`; prints a line of JSON with requests, seconds,
// cpu, got, expected. Cases: read, walk, watch, as in benchmarks/clients.py.
const {
  OPCUAClient, AttributeIds, TimestampsToReturn, ClientMonitoredItemGroup, ClientSubscription,
} = require("node-opcua-client");

const [which, address, seconds] = process.argv.slice(2);
const HIERARCHICAL = "i=33";

async function browse(session, ids) {
  const found = [];
  for (let at = 0; at < ids.length; at += 500) {
    const part = ids.slice(at, at + 500).map((nodeId) => ({
      nodeId, referenceTypeId: HIERARCHICAL, includeSubtypes: true, browseDirection: 0, resultMask: 63,
    }));
    for (let result of await session.browse(part)) {
      found.push(...(result.references || []));
      while (result.continuationPoint && result.continuationPoint.length) {
        result = await session.browseNext(result.continuationPoint, false);
        found.push(...(result.references || []));
      }
    }
  }
  return found.map((r) => r.nodeId);
}

const cases = {
  async read(session, nodes) {
    const values = await session.read(nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
    return [values.length, nodes.length];
  },
  async walk(session, nodes, line) {
    let found = 0;
    for (let level = [line]; level.length; found += level.length) level = await browse(session, level);
    return [found, found];
  },
  async watch(session, nodes) {
    const seen = new Set();
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: 1000, requestedLifetimeCount: 100, requestedMaxKeepAliveCount: 10,
      publishingEnabled: true,
    });
    const group = ClientMonitoredItemGroup.create(
      subscription, nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
      { samplingInterval: 1000, queueSize: 1, discardOldest: true }, TimestampsToReturn.Both);
    group.on("changed", (item, data) => seen.add(Math.round(data.value.value * 1000)));
    await new Promise((done) => setTimeout(done, 1000 * Number(seconds)));
    const of = new Map();
    for (const value of seen) {
      const variable = Math.floor(value / 1000);
      of.set(variable, [...(of.get(variable) || []), value % 1000]);
    }
    let expected = 0;
    for (const turns of of.values()) expected += Math.max(...turns) - Math.min(...turns) + 1;
    return [seen.size, expected];
  },
};

(async () => {
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(address);
  const session = await client.createSession();
  const top = await session.browse({ nodeId: "i=85", referenceTypeId: HIERARCHICAL, includeSubtypes: true,
    browseDirection: 0, resultMask: 63 });
  const line = top.references.find((r) => r.browseName.name === "Line").nodeId;
  const nodes = which === "walk" ? [] : await browse(session, [line]);
  const before = client.transactionsPerformed, cpu = process.cpuUsage(), begun = process.hrtime.bigint();
  const [got, expected] = await cases[which](session, nodes, line);
  const used = process.cpuUsage(cpu);
  process.stdout.write(JSON.stringify({
    requests: client.transactionsPerformed - before, seconds: Number(process.hrtime.bigint() - begun) / 1e9,
    cpu: (used.user + used.system) / 1e6, got, expected,
  }) + "\n");
  await session.close(true);
  await client.disconnect();
  process.exit(0);
})().catch((error) => { process.stderr.write(String(error.stack) + "\n"); process.exit(1); });
