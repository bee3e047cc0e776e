/**
 * What a process still does before it leaves the bus: it takes no more work and ends what it has, while everybody it needs
 * can still be asked. Moleculer's own stop takes it out of the registry first, and then waits for calls that its work makes.
 */
import type { Middleware, Service, ServiceBroker } from 'moleculer';
import { elavaError } from './errors.ts';
import { runtimeOf } from './runtime.ts';
import { sleep } from './time.ts';

/** Longer than units under way are given (services/scanner/units.ts), shorter than whoever stops processes waits. */
const DRAIN_MS = 20_000;

/** A method that lib/contract.ts gives every service of ours. */
type Drained = Service & { drain?(): Promise<void> };

/** `broker.stop()` drains its services first, once: also when Moleculer's runner calls it. */
export function drainMiddleware(mostMs: number = DRAIN_MS): Middleware {
  return {
    name: 'Drain',
    created(broker: ServiceBroker) {
      const stop = broker.stop.bind(broker);
      let stopping: Promise<void> | undefined;
      broker.stop = () => {
        stopping ??= drain(broker, mostMs).then(stop);
        return stopping;
      };
    },
  };
}

async function drain(broker: ServiceBroker, mostMs: number): Promise<void> {
  const { log } = runtimeOf(broker);
  const over = new AbortController();
  await Promise.all(
    (broker.services as Drained[]).map(async (service) => {
      const late = sleep(mostMs, over.signal).then(() => {
        throw elavaError('DEADLINE_EXCEEDED', `${service.name} has work under way after ${mostMs / 1000} s`);
      });
      late.catch(() => undefined);
      try {
        await Promise.race([service.drain?.(), late]);
      } catch (error) {
        log.warn({ error, service: service.name }, 'a service did not end its work before the stop');
      }
    }),
  );
  over.abort();
}
