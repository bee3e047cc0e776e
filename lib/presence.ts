/**
 * What a process runs, others learn from one packet, and what is sent while NATS is away is lost: a process that took a lead
 * just then was never found by those who knew it before. So each heartbeat says how often its services have changed, and of
 * which run of the process it is. Moleculer's discoverer compares both where they are there, and asks when they differ.
 */
import type { Middleware, ServiceBroker } from 'moleculer';

interface Packet {
  readonly type: string;
  readonly payload: object;
}
type Publish = (packet: Packet) => Promise<unknown>;
type Registry = { readonly nodes: { readonly localNode: { readonly seq: number } } };

export function presenceMiddleware(): Middleware {
  let said = (): object => ({});
  return {
    name: 'Presence',
    created(broker: ServiceBroker) {
      const { nodes } = broker.registry as unknown as Registry;
      said = () => ({ seq: nodes.localNode.seq, instanceID: broker.instanceID });
    },
    transitPublish(next: Publish): Publish {
      return (packet) => {
        if (packet.type === 'HEARTBEAT') Object.assign(packet.payload, said());
        return next(packet);
      };
    },
  } as unknown as Middleware;
}
