/** The address under which a simulated cluster's API is known outside: it can be shut while the API server itself goes on. */
import net from "node:net";

export interface ApiServerDoor {
  /** `https://127.0.0.1:…` */
  server: string;
  port: number;
  open(): Promise<void>;
  shut(): Promise<void>;
}

/** `server`: the address of the API server, whose certificate is valid on any port. `port`: 0 for any free one. */
export async function apiServerDoor(server: string, port: number): Promise<ApiServerDoor> {
  const { hostname, port: innerPort } = new URL(server);
  const sockets = new Set<net.Socket>();
  const listener = net.createServer((outside) => {
    const inside = net.connect(Number(innerPort), hostname);
    join(outside, inside);
    join(inside, outside);
  });

  function join(from: net.Socket, to: net.Socket): void {
    sockets.add(from);
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  }

  async function open(): Promise<void> {
    if (listener.listening) return;
    await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
    ({ port } = listener.address() as net.AddressInfo);
  }

  /** Refuses connections instead of leaving them unanswered, so that clients give up at once. */
  async function shut(): Promise<void> {
    if (!listener.listening) return;
    const closed = new Promise((resolve) => listener.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await open();
  return { server: `https://127.0.0.1:${port}`, port, open, shut };
}
