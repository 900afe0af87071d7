/**
 * How the processes of a group find each other: rank 0 opens the master port, the others connect and try again until a limit, and no
 * process goes on before all have connected. The real store uses another protocol; which process waits for which is the same.
 */
import net from "node:net";
import readline from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { addresses, fail, localPort, milliseconds, pause, say } from "./surroundings";

export interface Member {
  rank: number;
  /** VLLM_HOST_IP: the others reach this node by it, so each node has a different one. */
  host: string;
  /** What describes the engine: ranks that differ in it disagree about shapes in the middle of a collective operation. */
  engine: Record<string, readonly string[]>;
}

export interface Meeting {
  nodes: number;
  masterAddress: string;
  masterPort: number;
  limitSeconds: number;
}

export async function meetAsLeader(own: Member, meeting: Meeting, lost: (who: string) => void): Promise<void> {
  const { nodes, masterAddress, masterPort, limitSeconds } = meeting;
  if (!addresses.includes(masterAddress))
    fail(`--master-addr ${masterAddress} is not an address of rank 0, which has ${addresses.join(", ")}.`);
  const members = [own];
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    readline.createInterface(socket).once("line", (line) => {
      const member = JSON.parse(line) as Member;
      const reason = refusal(member, members, nodes);
      if (reason) fail(reason);
      members.push(member);
      sockets.push(socket);
      socket.on("close", () => lost(`rank ${member.rank}`));
    });
  });
  await new Promise<void>((resolve) => server.listen(localPort(masterPort), masterAddress, resolve));
  say(`master port ${masterPort} is open; waiting for ${nodes - 1} of ${nodes} nodes`);
  const deadline = Date.now() + milliseconds(limitSeconds);
  while (members.length < nodes) {
    if (Date.now() > deadline)
      fail(`DistStoreError: Timed out after ${limitSeconds} seconds waiting for clients. ${members.length}/${nodes}`);
    await pause(10);
  }
  for (const socket of sockets) socket.write("go\n");
}

export async function meetAsWorker(own: Member, meeting: Meeting, lost: (who: string) => void): Promise<void> {
  const deadline = Date.now() + milliseconds(meeting.limitSeconds);
  for (;;) {
    const socket = await connected(meeting);
    if (socket) {
      socket.write(`${JSON.stringify(own)}\n`);
      socket.on("close", () => lost("the leader"));
      await new Promise((resolve) => readline.createInterface(socket).once("line", resolve));
      return;
    }
    if (Date.now() > deadline) fail(`DistNetworkError: no answer from ${meeting.masterAddress}:${meeting.masterPort}`);
    await pause(50);
  }
}

const connected = ({ masterAddress, masterPort }: Meeting) =>
  new Promise<net.Socket | undefined>((resolve) => {
    const socket = net.connect(localPort(masterPort), masterAddress, () => resolve(socket));
    socket.on("error", () => resolve(undefined));
  });

function refusal(member: Member, members: readonly Member[], nodes: number): string | undefined {
  const [leader] = members;
  if (member.rank < 1 || member.rank >= nodes) return `rank ${member.rank} of ${nodes} nodes does not exist`;
  if (members.some(({ rank }) => rank === member.rank)) return `rank ${member.rank} came twice`;
  if (!member.host || members.some(({ host }) => host === member.host)) return `VLLM_HOST_IP "${member.host}" is missing or not unique`;
  const flags = [...new Set([...Object.keys(member.engine), ...Object.keys(leader!.engine)])];
  const other = flags.filter((flag) => !isDeepStrictEqual(member.engine[flag], leader!.engine[flag]));
  return other.length > 0 ? `rank ${member.rank} describes another engine: ${other.join(", ")}` : undefined;
}
