/** What a worker thread loads: every import that is left at run-time, followed to its end. */
import type { Import } from './boundaries-cycles.ts';

const worker = /\.worker\.ts$/;
const broker = /^(moleculer|nats)($|\/|-)/;

/** The way from each worker thread to the broker, where there is one. Pure. */
export function threadsWithBroker(imports: readonly Import[]): string[][] {
  const graph = Map.groupBy(
    imports.filter(({ erased }) => !erased),
    ({ from }) => from,
  );
  return [...graph.keys()].filter((file) => worker.test(file)).flatMap((file) => wayToBroker(file, graph));
}

/** The shortest, as a list of one; of none when there is no way. */
function wayToBroker(start: string, graph: ReadonlyMap<string, readonly Import[]>): string[][] {
  const cameFrom = new Map<string, string>([[start, '']]);
  // A map's keys go on with those that are added meanwhile.
  for (const file of cameFrom.keys()) {
    if (broker.test(file)) return [wayTo(file, cameFrom)];
    for (const { to } of graph.get(file) ?? []) if (!cameFrom.has(to)) cameFrom.set(to, file);
  }
  return [];
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way: string[] = [];
  for (let at = end; at !== ''; at = cameFrom.get(at) ?? '') way.unshift(at);
  return way;
}
