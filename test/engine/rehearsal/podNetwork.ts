/**
 * The network of a group on this machine's loopback. Each pod has its own address and its own loopback, so that a probe that asks the
 * wrong one fails; each port of the manifests maps to a free port, so that no other program of the machine is reached.
 */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import type { Keeper } from "../support/keeper";
import type { ServingObjects } from "./servingObjects";

export class PodNetwork {
  /** What cluster DNS answers: a line for each name. */
  readonly hosts: string;

  private constructor(
    keeper: Keeper,
    readonly ports: ReadonlyMap<number, number>,
  ) {
    this.hosts = keeper.file("hosts", "");
  }

  static async of(keeper: Keeper, { set, service }: ServingObjects): Promise<PodNetwork> {
    const { leaderTemplate, workerTemplate } = set.spec.leaderWorkerTemplate;
    const containers = [...leaderTemplate.spec.containers, ...workerTemplate.spec.containers];
    const named = containers.flatMap(({ args, ports = [] }) => [
      ...args.filter((_, index) => /^--(master-)?port$/.test(args[index - 1] ?? "")).map(Number),
      ...ports.map(({ containerPort }) => containerPort),
    ]);
    const targets = service.spec.ports.map(({ targetPort }) => targetPort).filter((port) => typeof port === "number");
    const wanted = [...new Set([...named, ...targets])];
    const free = await freePorts(wanted.length);
    return new PodNetwork(keeper, new Map(wanted.map((port, index) => [port, free[index]!])));
  }

  address = (pod: number) => `127.0.0.${2 + pod}`;
  loopback = (pod: number) => `127.0.1.${2 + pod}`;

  /** A headless Service that publishes pods before they are ready does this as soon as a pod has an address. */
  publish(name: string, pod: number): void {
    fs.appendFileSync(this.hosts, `${this.address(pod)} ${name}\n`);
  }

  /** A word of a command, adapted to this machine. */
  word = (word: string, pod: number): string =>
    word
      .replace(/\b(127\.0\.0\.1|localhost)\b/, this.loopback(pod))
      .replace(/(^|:)(\d+)(?=$|\/)/, (all, before: string, port: string) =>
        this.ports.has(Number(port)) ? `${before}${this.ports.get(Number(port))}` : all,
      );

  /** Programs of the image that ask for names: `getent`, and Python's resolver. Neither may ask the resolver of this machine. */
  programs(folder: string): void {
    const hosts = JSON.stringify(this.hosts);
    const script = `#!/bin/sh\n[ "$1" = hosts ] || exit 1\ngrep -E "^[^ ]+ $2\\$" ${hosts} || exit 2\n`;
    fs.writeFileSync(path.join(folder, "getent"), script, { mode: 0o755 });
    fs.writeFileSync(path.join(folder, "sitecustomize.py"), resolver(hosts));
  }
}

const resolver = (hosts: string) => `import re, socket

asked = socket.getaddrinfo

def answered(host, *rest, **named):
    if host and not re.fullmatch(r"[0-9.]+", host):
        with open(${hosts}) as file:
            known = {name: address for address, name in (line.split() for line in file)}
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        host = known[host]
    return asked(host, *rest, **named)

socket.getaddrinfo = answered
`;

/** Holds all ports until every one is found; otherwise the same port could come twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, "0.0.0.0", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
