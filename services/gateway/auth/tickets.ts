/** Tickets: a browser cannot send a header with a WebSocket, so it swaps its token for a short word that works once. */
import { randomBytes } from 'node:crypto';
import { elavaError } from '../../../lib/errors.ts';
import type { Principal } from './principal.ts';

/** Between the answer and the upgrade lies one round trip of the browser. */
export const ticketMs = 30_000;
const maxTickets = 10_000;

export class Tickets {
  readonly #tickets = new Map<string, { readonly principal: Principal; readonly until: number }>();

  /** Errors: QUEUE_FULL. */
  issue(principal: Principal, now: number): string {
    this.#forget(now);
    if (this.#tickets.size >= maxTickets) throw elavaError('QUEUE_FULL', 'too many tickets wait to be used');
    const ticket = randomBytes(24).toString('base64url');
    this.#tickets.set(ticket, { principal, until: now + ticketMs });
    return ticket;
  }

  /** Whose it is; undefined when it is unknown, was used, or has expired. */
  redeem(ticket: string, now: number): Principal | undefined {
    const found = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return found && found.until > now ? found.principal : undefined;
  }

  /** The oldest come first. */
  #forget(now: number): void {
    for (const [ticket, { until }] of this.#tickets) {
      if (until > now) return;
      this.#tickets.delete(ticket);
    }
  }
}
