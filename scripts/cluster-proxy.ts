/** A plain TCP proxy in front of a part of a local cluster, that can be held, slowed and cut: what a bad network does. */
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

interface Weather {
  /** Resolves when bytes flow; undefined: they do. */
  readonly held?: PromiseWithResolvers<void>;
  /** Milliseconds that each packet takes longer. */
  readonly delayMs?: number;
  /** How many times as long an answer takes. */
  readonly factor?: number;
}

/** When the last question or piece of an answer went through: from then on the other side is slow. */
interface Talk {
  since: number;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #weather: Weather = {};

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  /** Leads to a port of this machine, whoever listens there at the time. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As a partition does: nothing gets through, and nobody is told. What was sent arrives when it is over. */
  hold(): void {
    this.#change({ held: Promise.withResolvers<void>() });
  }

  delay(delayMs: number): void {
    this.#change({ delayMs });
  }

  /** Answers take `factor` times as long as they would. */
  slow(factor: number): void {
    this.#change({ factor });
  }

  /** As a firewall that forgets does: all connections are reset. New ones are made. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  heal(): void {
    this.#change({});
  }

  async close(): Promise<void> {
    this.heal();
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #change(weather: Weather): void {
    const { held } = this.#weather;
    this.#weather = weather;
    held?.resolve();
  }

  #join(client: Socket): void {
    const server = createConnection(this.#target, '127.0.0.1');
    const talk: Talk = { since: performance.now() };
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    void this.#pump(client, server, async () => {
      talk.since = performance.now();
    });
    void this.#pump(server, client, async () => {
      const { factor = 1 } = this.#weather;
      if (factor > 1) await pause((factor - 1) * (performance.now() - talk.since));
      talk.since = performance.now();
    });
  }

  /** One packet at a time: what is held back waits in the kernel, not here. */
  async #pump(from: Socket, to: Socket, before: () => Promise<void>): Promise<void> {
    try {
      for await (const packet of from) {
        await before();
        const { delayMs = 0 } = this.#weather;
        if (delayMs > 0) await pause(delayMs);
        while (this.#weather.held) await this.#weather.held.promise;
        if (to.destroyed) return;
        if (!to.write(packet)) await once(to, 'drain');
      }
      to.end();
    } catch {
      to.destroy();
    }
  }
}
