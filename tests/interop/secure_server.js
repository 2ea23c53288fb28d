// A secured OPC UA server on node-opcua: `secure_server.js FOLDER PASSWORD [trusting | distrusting]`. Simulated.
// It offers every policy that it knows, signed and encrypted, to named users only; 'distrusting' rejects every
// client certificate that is not in FOLDER/trusted already. Prints its endpoint as one line of JSON once it accepts
// connections; ends when its standard input closes.
const path = require("path");
const { OPCUAServer } = require("node-opcua-server");
const { MessageSecurityMode } = require("node-opcua-types");
const { SecurityPolicy } = require("node-opcua-secure-channel");
const { OPCUACertificateManager } = require("node-opcua-certificate-manager");
const { DataType, Variant } = require("node-opcua-variant");
const sets = require("node-opcua-nodesets").nodesets;
const [folder, password, manner] = process.argv.slice(2);

(async () => {
  const manager = (name) => new OPCUACertificateManager({
    rootFolder: path.join(folder, name),
    automaticallyAcceptUnknownCertificate: manner !== "distrusting",
  });
  const serverCertificateManager = manager("pki");
  const userCertificateManager = manager("users");
  await serverCertificateManager.initialize();
  await userCertificateManager.initialize();
  const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port: 0,
    resourcePath: "/plant",
    nodeset_filename: [sets.standard],
    buildInfo: { productName: "interop", buildNumber: "1" },
    allowAnonymous: false,
    securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [
      SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    userManager: { isValidUser: (name, given) => name === "reader" && given === password },
    serverCertificateManager,
    userCertificateManager,
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const own = space.getOwnNamespace();
  const press = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Press" });
  own.addVariable({
    componentOf: press, browseName: "Strokes", dataType: "UInt32", minimumSamplingInterval: 100,
    value: { get: () => new Variant({ dataType: DataType.UInt32, value: 42 }) },
  });
  await server.start();
  const url = server.endpoints[0].endpointDescriptions()[0].endpointUrl;
  const port = server.endpoints[0].port || url.match(/:(\d+)\//)[1];
  process.stdout.write(JSON.stringify({ address: `opc.tcp://127.0.0.1:${port}/plant` }) + "\n");
  process.stdin.resume();
  process.stdin.on("end", async () => { await server.shutdown(0); process.exit(0); });
})().catch((error) => { process.stderr.write(String(error.stack) + "\n"); process.exit(1); });
