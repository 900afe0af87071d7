/** Settings of the stand-in itself, which a rehearsed pod adds to the variables of its manifest. */
const given = (name: string) => {
  const text = process.env[`REHEARSAL_${name}`];
  if (text === undefined) throw new Error(`REHEARSAL_${name} is missing.`);
  return text;
};

const ports = new Map(JSON.parse(given("PORTS")) as [number, number][]);

/** Port of the manifests, on this machine. */
export function localPort(port: number): number {
  const local = ports.get(port);
  if (local === undefined) throw new Error(`Nothing in the manifests speaks of port ${port}.`);
  return local;
}

/** Seconds of the manifests as milliseconds of the rehearsal. */
export const milliseconds = (seconds: number) => (seconds * 1000) / Number(given("SPEED"));
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The pod's own address and its loopback. */
export const addresses = given("ADDRESSES").split(",");
export const mounts = given("MOUNTS").split(",");
export const gpus = Number(given("GPUS"));
export const loadSeconds = Number(given("LOAD_SECONDS"));
export const tokenMilliseconds = Number(given("TOKEN_MS"));
export const simulator = given("SIMULATOR");
/** `ends`, or `hangs` as when a collective operation waits for a peer that has ended. */
export const onLostPeer = given("ON_LOST_PEER") as "ends" | "hangs";

export const say = (text: string) => process.stderr.write(`${text}\n`);
export function fail(text: string, code = 1): never {
  say(text);
  process.exit(code);
}
