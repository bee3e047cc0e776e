/** Who of several processes with one role does what: each is sure by itself, and nobody is asked. */
import { createHash } from 'node:crypto';
import type { ServiceBroker } from 'moleculer';

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1996): the node whose hash with the key is the largest. When one goes, only
 * its keys move. Undefined without nodes.
 */
export function ownerOf(key: string, nodes: readonly string[]): string | undefined {
  let owner: string | undefined;
  let largest = '';
  for (const node of nodes) {
    const weight = createHash('sha1').update(`${node}\n${key}`).digest('hex');
    if (owner !== undefined && weight <= largest) continue;
    owner = node;
    largest = weight;
  }
  return owner;
}

/** What every process tells the others of itself. */
export interface NodeMetadata {
  /** It has the role policy and takes a share of the judging. Absent where an older version runs: it does. */
  readonly judges?: boolean;
}

/**
 * Tells which keys are this process's, by who runs the service just now and takes part. Two that see a change at different
 * times may both do a thing, or leave it for the next time; what is shared out so must bear that.
 */
export function shareOf(
  broker: ServiceBroker,
  service: string,
  takesPart: (node: NodeMetadata) => boolean = () => true,
): (key: string) => boolean {
  const running = broker.registry.getServiceList({ onlyAvailable: true }) as { name: string; nodeID: string }[];
  const known = broker.registry.getNodeList({ withServices: false }) as { id: string; metadata?: NodeMetadata }[];
  const metadata = new Map(known.map((node) => [node.id, node.metadata ?? {}]));
  const nodes = running
    .filter(({ name, nodeID }) => name === service && takesPart(metadata.get(nodeID) ?? {}))
    .map(({ nodeID }) => nodeID);
  return (key) => (ownerOf(key, nodes) ?? broker.nodeID) === broker.nodeID;
}
