// A Modbus TCP server on modbus-serial, unit 1. Arguments: h100=2, i10=3, m110 (counts in sevens). A register that
// is not named is an error of the application, which the library turns into an exception of its choice.
// Prints its address as one line of JSON once it listens; ends when its standard input closes. Simulated.
const net = require("net");
const { ServerTCP } = require("modbus-serial");
const { version } = require("modbus-serial/package.json");

const held = new Map(process.argv.slice(2).filter((a) => a.includes("=")).map((a) => a.split("=")));
const moving = new Set(process.argv.slice(2).filter((a) => a.startsWith("m")).map((a) => `h${a.slice(1)}`));

function word(place) {
  if (moving.has(place)) return 7 * (Math.floor(Date.now() / 200) % 9000);
  if (!held.has(place)) throw new Error(`no register ${place}`);
  return Number(held.get(place));
}

const vector = {
  getHoldingRegister: (address) => word(`h${address}`),
  getInputRegister: (address) => word(`i${address}`),
};
// The library takes port 0 for its default of 502, so a port that was free just now is named to it.
const probe = net.createServer().listen(0, "127.0.0.1", () => {
  const { port } = probe.address();
  probe.close(() => {
    const server = new ServerTCP(vector, { host: "127.0.0.1", port, unitID: 1 });
    server.on("initialized", () => {
      process.stdout.write(JSON.stringify({ address: `127.0.0.1:${port}`, version }) + "\n");
    });
    server.on("socketError", () => {});
  });
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
