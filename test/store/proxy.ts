import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a database, so that it can be taken away. */
export interface Proxy {
  readonly port: number;
  /** Breaks all connections and refuses new ones. */
  shut(): Promise<void>;
  /** Keeps all connections, and lets nothing through: a cable that was pulled. */
  hold(): void;
  /** Lets all through again. */
  open(): Promise<void>;
}

export async function proxyTo(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let holding = false;
  let server: Server | undefined;
  let own = 0;

  function accept(near: Socket): void {
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => {
        // What was said while the cable was pulled is lost, as with a host that went away.
        if (!holding) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }

  async function open(): Promise<void> {
    holding = false;
    if (server !== undefined) return;
    const fresh = createServer(accept);
    await new Promise<void>((resolve, reject) => fresh.once('error', reject).listen(own, '127.0.0.1', resolve));
    own = (fresh.address() as AddressInfo).port;
    server = fresh;
  }

  await open();
  return {
    port: own,
    async shut() {
      const old = server;
      server = undefined;
      const closed = new Promise((resolve) => old?.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    hold() {
      holding = true;
    },
    open,
  };
}
