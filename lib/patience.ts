/**
 * While a lead passes from one process to the next, its role is not there for a moment. A call that was never sent is sent
 * when it is back; one that was sent is only sent again by whoever knows that it may be (lib/contract.ts).
 */
import type { Middleware, ServiceBroker } from 'moleculer';
import { sleep } from './time.ts';

type Options = { readonly timeout?: number; readonly nodeID?: string } | undefined;
type Registry = { readonly actions: { isAvailable(name: string): boolean } };
type Call = (name: string, params: unknown, options?: Options) => Promise<unknown>;

/** Longer than a lease lasts and a store takes to open; shorter than a caller's own patience. */
const PATIENCE_MS = 15_000;
const AGAIN_MS = 50;

/** The broker's words for "there is nobody to send it to". */
const unsent: ReadonlySet<unknown> = new Set(['SERVICE_NOT_FOUND', 'SERVICE_NOT_AVAILABLE']);

/** That of this very call: what the callee in turn did not find says that the callee ran. */
function wasUnsent(error: unknown, action: string): boolean {
  const { type, data } = error as { type?: unknown; data?: { action?: unknown } };
  return unsent.has(type) && data?.action === action;
}

/** Looks for actions on behalf of all who wait for them: there may be a thousand. */
class Lookout {
  readonly #broker: ServiceBroker;
  #round: Promise<void> | undefined;

  constructor(broker: ServiceBroker) {
    this.#broker = broker;
  }

  /** Nobody waits for others while it stops itself. */
  get stopping(): boolean {
    return !this.#broker.started;
  }

  /** Whether the call was never sent, and there is time to send it again. */
  mayAgain(error: unknown, action: string, until: number): boolean {
    return wasUnsent(error, action) && performance.now() <= until && !this.stopping;
  }

  isThere(action: string): boolean {
    return (this.#broker.registry as unknown as Registry).actions.isAvailable(action);
  }

  /** Until somebody offers the action, or the time is up. */
  async wait(action: string, until: number): Promise<void> {
    while (!this.isThere(action) && !this.stopping && performance.now() < until) {
      this.#round ??= sleep(AGAIN_MS, undefined, { unref: true }).finally(() => {
        this.#round = undefined;
      });
      await this.#round;
    }
  }
}

export function patientMiddleware(patienceMs: number = PATIENCE_MS): Middleware {
  let lookout: Lookout | undefined;
  return {
    name: 'Patience',
    created(broker: ServiceBroker) {
      lookout = new Lookout(broker);
    },
    call(next: Call): Call {
      return async (name, params, options) => {
        const { timeout = patienceMs, nodeID } = options ?? {};
        // Whoever names the process knows better than to wait for that one.
        if (nodeID !== undefined) return next(name, params, options);
        const until = performance.now() + Math.min(patienceMs, timeout);
        for (;;) {
          if (lookout?.isThere(name) === false) await lookout.wait(name, until);
          try {
            return await next(name, params, options);
          } catch (error) {
            if (!lookout?.mayAgain(error, name, until)) throw error;
            // One that is just leaving is still known, and refuses.
            await sleep(AGAIN_MS, undefined, { unref: true });
          }
        }
      };
    },
  } as unknown as Middleware;
}
