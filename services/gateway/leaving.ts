/** How a server leaves while requests still come: whoever balances has to notice first, and no connection is cut under one. */
import type { FastifyInstance } from 'fastify';
import { sleep } from '../../lib/time.ts';

export class Leaving {
  #left = false;

  /** Every answer of a server that leaves asks its client for another connection, which then is another server's. */
  attach(server: FastifyInstance): void {
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.#left) reply.header('connection', 'close');
      done();
    });
  }

  /** Serves on for so many milliseconds. */
  async leave(lingerMs: number): Promise<void> {
    this.#left = true;
    await sleep(lingerMs);
  }
}
