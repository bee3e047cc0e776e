/**
 * Some resources of a unit, read by their ids because an event named them. It says nothing of the others, so it leaves no
 * coverage and nothing disappears by it: what is gone, only an observation of the whole unit can tell.
 */
import type { Resource, Unit } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import { Batches } from './batches.ts';
import { contentOf, jsonBytes, resourceOf } from './content.ts';
import type { Memory } from './memory.ts';
import { readPages } from './pages.ts';
import type { Provider } from './provider.ts';
import type { ResourceType } from './resource-type.ts';

export interface Named {
  /** Written into the versions, as the scan's id is. */
  readonly scan: string;
  readonly unit: Unit;
  /** Short: i-0abc. */
  readonly ids: readonly string[];
}
export interface RereadParts {
  readonly provider: Provider;
  readonly memory: Pick<Memory, 'ingest'>;
  readonly clock: Clock;
}

/** Returns the ids that were not read. Errors: those of the cloud, explained, and of the memory. */
export async function reread(named: Named, parts: RereadParts, signal: AbortSignal): Promise<string[]> {
  const { scan, unit, ids } = named;
  const { provider, memory, clock } = parts;
  const type = provider.types.get(unit.type);
  if (type?.alone === undefined) return [...ids];
  const found = await read(type, named, provider, signal).catch(async (error: unknown) => {
    throw await provider.explain(error, unit, signal);
  });
  const batches = new Batches({ scan, unit, now: () => clock.now(), send: (batch) => memory.ingest(batch) });
  for (const resource of found) {
    const content = contentOf(resource, type.volatile);
    await batches.add({ hash: content.hash, resource }, jsonBytes(content));
  }
  await batches.flush();
  const names = new Set(found.map(({ id }) => id.split('/').at(-1)));
  return ids.filter((id) => !names.has(id));
}

async function read(
  type: ResourceType<unknown, unknown>,
  { unit, ids }: Named,
  provider: Provider,
  signal: AbortSignal,
): Promise<Resource[]> {
  const context = await provider.open(unit, signal);
  const only = { ...type, list: (_: unknown, token: string | undefined) => type.list(context, token, ids) };
  const found: Resource[] = [];
  for await (const page of readPages(only, context, signal))
    for (const { item, gaps } of page) {
      // What was not read whole would overwrite what is known of it.
      if (gaps.length === 0) found.push(resourceOf(provider.name, unit, type.map(item, context)));
    }
  return found;
}
