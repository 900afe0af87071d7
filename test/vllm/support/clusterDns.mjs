// `node clusterDns.mjs RECORDS`: what cluster DNS is to a pod, on UDP port 53. RECORDS is a file with a line "NAME ADDRESS" for each A
// record; it is read at every question, so that a name can come late. Other names do not exist, and there are no IPv6 addresses.
import dgram from "node:dgram";
import fs from "node:fs";

const records = process.argv[2];
const types = { A: 1 };
const flags = { found: 0x8580, nameError: 0x8583 };
const headerBytes = 12;

const server = dgram.createSocket("udp4");
server.on("message", (question, { address, port }) => server.send(answer(question), port, address));
server.bind(53, () => console.log("cluster DNS answers"));

function answer(query) {
  const { name, end } = nameAt(query, headerBytes);
  const type = query.readUInt16BE(end);
  const known = new Map(
    fs
      .readFileSync(records, "utf8")
      .split("\n")
      .map((line) => line.split(" ")),
  );
  const address = known.get(name.toLowerCase());
  const found = address !== undefined && type === types.A;
  const header = Buffer.from(query.subarray(0, headerBytes));
  header.writeUInt16BE(address === undefined ? flags.nameError : flags.found, 2);
  for (const [offset, count] of [
    [4, 1],
    [6, found ? 1 : 0],
    [8, 0],
    [10, 0],
  ])
    header.writeUInt16BE(count, offset);
  const question = query.subarray(headerBytes, end + 4);
  return Buffer.concat([header, question, ...(found ? [addressRecord(address)] : [])]);
}

function nameAt(message, start) {
  const labels = [];
  let at = start;
  while (message[at] !== 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { name: labels.join("."), end: at + 1 };
}

/** A pointer to the name of the question, type A, class IN, 5 s to live, 4 bytes. */
const addressRecord = (address) => Buffer.from([0xc0, headerBytes, 0, types.A, 0, 1, 0, 0, 0, 5, 0, 4, ...address.split(".").map(Number)]);
