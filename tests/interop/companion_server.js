// A plant on node-opcua with companion specifications, for tests. Simulated: no value comes from a machine.
// A milling machine (Machinery, MachineTool), a filler (PackML), a robot (Robotics, DI), flat tags of two
// presses, and a value that our session may not read. Sessions, browsing and nodes per call are limited.
// Prints its endpoint as one line of JSON once it accepts connections; ends when its standard input closes.
const { OPCUAServer } = require("node-opcua-server");
const { DataType, Variant } = require("node-opcua-variant");
const { standardUnits } = require("node-opcua-data-access");
const sets = require("node-opcua-nodesets").nodesets;

const NODESETS = ["standard", "di", "ia", "machinery", "isa95JobControl", "machineryJobs", "machineTool", "packML",
  "robotics"];

function set(node, dataType, value) {
  if (!node) throw new Error("a node that its type should have is missing");
  node.setValueFromSource(new Variant({ dataType, value }));
}

/** What a node holds or organizes, by its browse name in whatever namespace. */
function child(node, name) {
  const found = node.findReferencesExAsObject("HierarchicalReferences").find((n) => n.browseName.name === name);
  if (!found) throw new Error(`${node.browseName.name} has no ${name}`);
  return found;
}

function namespaceOf(space, end) {
  return space.getNamespaceIndex(`http://opcfoundation.org/UA/${end}/`);
}

function mill(space, machines) {
  const tools = namespaceOf(space, "MachineTool"), machinery = namespaceOf(space, "Machinery");
  const type = space.findObjectType("MachineToolType", tools);
  const machine = type.instantiate({
    organizedBy: machines, browseName: "Mill01", namespace: space.getOwnNamespace(),
    optionals: ["Identification.Model", "Identification.ManufacturerUri", "Identification.HardwareRevision",
      "Identification.SoftwareRevision", "Identification.DeviceClass", "Identification.YearOfConstruction"],
  });
  const plate = child(machine, "Identification");
  set(child(plate, "Manufacturer"), DataType.LocalizedText, { text: "Test Works" });
  set(child(plate, "SerialNumber"), DataType.String, "M-0042");
  set(child(plate, "ProductInstanceUri"), DataType.String, "urn:test-works:mill:m-0042");
  set(child(plate, "YearOfConstruction"), DataType.UInt16, 2021);
  set(child(plate, "Model"), DataType.LocalizedText, { text: "M 500" });
  set(child(plate, "ManufacturerUri"), DataType.String, "urn:test-works");
  set(child(plate, "HardwareRevision"), DataType.String, "B");
  set(child(plate, "SoftwareRevision"), DataType.String, "4.2");
  set(child(plate, "DeviceClass"), DataType.String, "Milling machine");
  for (const [typeName, name, state] of [
    ["MachineryItemState_StateMachineType", "MachineryItemState", "Executing"],
    ["MachineryOperationModeStateMachineType", "MachineryOperationMode", "Processing"],
  ]) {
    const states = space.findObjectType(typeName, machinery).instantiate({
      componentOf: machine, browseName: { name, namespaceIndex: machinery }, namespace: space.getOwnNamespace(),
    });
    set(child(states, "CurrentState"), DataType.LocalizedText, { text: state });
  }
  const own = space.getOwnNamespace();
  own.addAnalogDataItem({
    componentOf: machine, browseName: "SpindleSpeed", dataType: "Double", minimumSamplingInterval: 500,
    description: "Speed of the spindle",
    engineeringUnitsRange: { low: 0, high: 12000 }, instrumentRange: { low: 0, high: 15000 },
    engineeringUnits: standardUnits.revolution_per_minute || standardUnits.hertz,
    value: { get: () => new Variant({ dataType: DataType.Double, value: 8000 + Math.random() }) },
  });
  const speed = child(machine, "SpindleSpeed");
  machine.setEventNotifier(1);
  machine.addReference({ referenceType: "HasEventSource", nodeId: speed });
  own.instantiateExclusiveLimitAlarm("ExclusiveLevelAlarmType", {
    browseName: "SpindleTooFast", componentOf: machine, conditionSource: speed, inputNode: speed,
    highHighLimit: 14000, highLimit: 12000, lowLimit: -1, lowLowLimit: -2,
  });
}

function filler(space, objects) {
  const type = space.findObjectType("PackMLBaseObjectType", namespaceOf(space, "PackML"));
  const machine = type.instantiate({
    organizedBy: objects, browseName: "Filler01", namespace: space.getOwnNamespace(),
    optionals: ["BaseStateMachine"],
  });
  const states = child(machine, "BaseStateMachine");
  set(child(states, "CurrentState"), DataType.LocalizedText, { text: "Cleared" });
}

function robot(space, devices) {
  const type = space.findObjectType("MotionDeviceSystemType", namespaceOf(space, "Robotics"));
  type.instantiate({ componentOf: devices, browseName: "Robot01", namespace: space.getOwnNamespace() });
}

function presses(space, objects) {
  const own = space.getOwnNamespace();
  const folder = own.addFolder(objects, { browseName: "Tags" });
  for (const press of ["IMM01", "IMM02"]) {
    for (const name of ["Temp", "Cycle", "Count"]) {
      own.addVariable({
        organizedBy: folder, browseName: `Line1.${press}.${name}`, dataType: "Double",
        value: new Variant({ dataType: DataType.Double, value: 1 }),
        userAccessLevel: name === "Count" ? "CurrentRead | CurrentWrite" : "CurrentRead",
        accessLevel: "CurrentRead | CurrentWrite",
      });
    }
  }
  const barred = own.addVariable({
    organizedBy: folder, browseName: "Recipe", dataType: "String",
    value: new Variant({ dataType: DataType.String, value: "secret" }),
  });
  barred.setAccessRestrictions(3); // signing and encryption required
}

(async () => {
  const server = new OPCUAServer({
    host: "127.0.0.1", hostname: "127.0.0.1", port: 0, resourcePath: "/plant",
    nodeset_filename: NODESETS.map((name) => { if (!sets[name]) throw new Error(name); return sets[name]; }),
    buildInfo: { productName: "companion plant", buildNumber: "7", manufacturerName: "Test Works", softwareVersion: "1" },
    serverCapabilities: { operationLimits: { maxNodesPerRead: 50, maxNodesPerBrowse: 20, maxMonitoredItemsPerCall: 30 } },
    allowAnonymous: true, certificateManager: undefined, serverCertificateManager: undefined,
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const objects = space.rootFolder.objects;
  mill(space, child(objects, "Machines"));
  filler(space, objects);
  robot(space, child(objects, "DeviceSet"));
  presses(space, objects);
  await server.start();
  const port = server.endpoints[0].port || server.endpoints[0].endpointDescriptions()[0].endpointUrl.match(/:(\d+)\//)[1];
  process.stdout.write(JSON.stringify({ address: `opc.tcp://127.0.0.1:${port}/plant` }) + "\n");
  process.stdin.resume();
  process.stdin.on("end", async () => { await server.shutdown(0); process.exit(0); });
})().catch((error) => { process.stderr.write(String(error.stack) + "\n"); process.exit(1); });
