// A small OPC UA server on node-opcua: a machine with typed values, and one value that cannot be read.
// Its argument holds the values to serve, as JSON by the name of their type.
// Prints its endpoint as one line of JSON once it accepts connections; ends when its standard input closes.
const { OPCUAServer } = require("node-opcua-server");
const { StatusCodes } = require("node-opcua-status-code");
const { DataType, Variant, VariantArrayType, coerceInt64, coerceUInt64 } = Object.assign(
  {}, require("node-opcua-variant"), require("node-opcua-basic-types"));
const { standardUnits } = require("node-opcua-data-access");
const sets = require("node-opcua-nodesets").nodesets;

(async () => {
  const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port: 0,
    resourcePath: "/plant",
    nodeset_filename: [sets.standard, sets.di, sets.ia, sets.machinery],
    buildInfo: { productName: "interop", buildNumber: "1" },
    allowAnonymous: true,
    certificateManager: undefined,
    serverCertificateManager: undefined,
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const own = space.getOwnNamespace();
  const press = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Press" });
  let strokes = 0;
  setInterval(() => { strokes += 1; }, 200).unref();
  own.addVariable({
    componentOf: press, browseName: "Strokes", dataType: "UInt32", minimumSamplingInterval: 100,
    value: { get: () => new Variant({ dataType: DataType.UInt32, value: strokes }) },
  });
  own.addAnalogDataItem({
    componentOf: press, browseName: "OilTemperature", dataType: "Double",
    engineeringUnitsRange: { low: 0, high: 120 },
    engineeringUnits: standardUnits.degree_celsius,
    value: { get: () => new Variant({ dataType: DataType.Double, value: 41 + Math.sin(Date.now() / 3000) }) },
  });
  own.addVariable({
    componentOf: press, browseName: "Broken", dataType: "Double",
    value: { get: () => StatusCodes.BadDeviceFailure },
  });
  own.addVariable({
    componentOf: press, browseName: "Turns", dataType: "UInt32", minimumSamplingInterval: 100,
    value: { get: () => new Variant({ dataType: DataType.UInt32, value: 7 * strokes }) },
  });
  // JSON numbers end at 2^53, so long integers are taken from the text
  const text = process.argv[2] || "{}";
  for (const [name, plain] of Object.entries(JSON.parse(text))) {
    const digits = (text.match(new RegExp(`"${name}": (-?\\d+)[,}]`)) || [])[1];
    const long = { Int64: coerceInt64, UInt64: coerceUInt64 }[name];
    const value = long ? long(digits) : plain;
    own.addVariable({
      componentOf: press, browseName: name, dataType: name, minimumSamplingInterval: 100,
      value: { get: () => new Variant({ dataType: DataType[name], arrayType: VariantArrayType.Scalar, value }) },
    });
  }
  await server.start();
  const port = server.endpoints[0].port || server.endpoints[0].endpointDescriptions()[0].endpointUrl.match(/:(\d+)\//)[1];
  process.stdout.write(JSON.stringify({ address: `opc.tcp://127.0.0.1:${port}/plant` }) + "\n");
  process.stdin.resume();
  process.stdin.on("end", async () => { await server.shutdown(0); process.exit(0); });
})().catch((error) => { process.stderr.write(String(error.stack) + "\n"); process.exit(1); });
