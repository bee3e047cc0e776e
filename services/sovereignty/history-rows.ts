/**
 * Violations in Elava's memory: each pod or volume that violates is a resource of type k8s_violation while it does, so
 * the memory's own questions (as of, timeline, changes) say what was wrong when.
 */
import { createHash } from 'node:crypto';
import type { Client } from '../../lib/contract.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Coverage, Resource } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { Violation } from './sovereignty.contract.ts';

export interface HistoryRowsOptions {
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Logger;
}
type Memory = Pick<Client<typeof historyContract>, 'known' | 'conclude'>;

const TYPE = 'k8s_violation';
/** What one batch may hold; more violating objects than this are cut, and the log says so. */
const MAX_ROWS = 5000;

export class HistoryRows {
  readonly #memory: Memory;
  readonly #options: HistoryRowsOptions;
  /** What the memory holds of ours; undefined until it is known to hold just that. */
  #written: string | undefined;
  #told = false;

  constructor(memory: Memory, options: HistoryRowsOptions) {
    this.#memory = memory;
    this.#options = options;
  }

  /** Writes only when something changed. Without a memory in reach nothing is written; that is told once. */
  async write(violations: readonly Violation[]): Promise<void> {
    const { cluster, clock, log } = this.#options;
    const all = resourcesOf(violations, cluster);
    const resources = all.slice(0, MAX_ROWS);
    if (all.length > resources.length)
      log.warn({ left: all.length - resources.length }, 'too many violations to remember');
    const digest = resources.map(({ hash }) => hash).join();
    if (digest === this.#written) return;
    try {
      const { held } = await this.#commit(resources, new Date(clock.now()).toISOString());
      // When all vanishes at once the memory waits for a second look that agrees: the next scan's.
      this.#written = held === 0 ? digest : undefined;
      this.#told = false;
    } catch (error) {
      if (!this.#told) log.info({ code: codeOf(error) }, 'violations are not remembered: no memory in reach');
      this.#told = true;
    }
  }

  async #commit(resources: readonly Row[], at: string): Promise<Coverage> {
    const unit = { account: this.#options.cluster, region: 'global', type: TYPE };
    const known: string[] = [];
    let after: string | undefined;
    do {
      const page = await this.#memory.known({ unit, ...(after === undefined ? {} : { after }) });
      known.push(...page.entries.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    const present = new Set(resources.map(({ resource }) => resource.id));
    const scan = `${TYPE}-${at}`;
    return await this.#memory.conclude({
      batch: `${scan}-0`,
      resources: [...resources],
      scan,
      unit,
      started: at,
      finished: at,
      state: 'complete',
      error: '',
      detail: '',
      count: resources.length,
      absent: known.filter((id) => !present.has(id)),
    });
  }
}

interface Row {
  readonly hash: string;
  readonly resource: Resource;
}

/** One resource for each object, with all of its faults, sorted by id. */
function resourcesOf(violations: readonly Violation[], cluster: string): Row[] {
  const byObject = Map.groupBy(
    violations,
    ({ kind, namespace, name }) => `k8s://${cluster}/${kind}/${namespace}/${name}`,
  );
  return [...byObject]
    .map(([id, found]) => rowOf(id, found, cluster))
    .toSorted((a, b) => (a.resource.id < b.resource.id ? -1 : 1));
}

function rowOf(id: string, found: readonly Violation[], cluster: string): Row {
  const [first] = found;
  if (!first) throw elavaError('INTERNAL', `${id} has no violation`);
  const faults = found.map(({ policy, action, fault, message }) => ({ policy, action, fault, message }));
  const fields = {
    kind: first.kind,
    node: first.node,
    aws_region: first.region,
    aws_account: first.account,
    faults,
  };
  const resource: Resource = {
    id,
    provider: 'kubernetes',
    account: cluster,
    region: 'global',
    type: TYPE,
    name: `${first.namespace}/${first.name}`,
    status: 'violating',
    tags: {},
    created_at: '',
    refs: [],
    ...fields,
    metadata: fields,
  };
  return { hash: createHash('sha256').update(JSON.stringify(resource)).digest('hex').slice(0, 16), resource };
}
