/** Where AWS instances really are: from Elava's memory, remembered for a while. */
import type { Client } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { historyContract } from '../history/history.contract.ts';

export interface InstanceFacts {
  readonly region: string;
  readonly account: string;
}

const KNOWN_MS = 3_600_000;
const UNKNOWN_MS = 300_000;
/** Asked of the memory in one scan; the rest in the next. */
const MAX_ASKED = 100;
const MAX_HELD = 20_000;

export class Inventory {
  readonly #history: Pick<Client<typeof historyContract>, 'resources'>;
  readonly #log: Logger;
  readonly #held = new Map<string, { readonly until: number; readonly facts: InstanceFacts | undefined }>();

  constructor(history: Pick<Client<typeof historyContract>, 'resources'>, log: Logger) {
    this.#history = history;
    this.#log = log;
  }

  get(id: string): InstanceFacts | undefined {
    return this.#held.get(id)?.facts;
  }

  /** Looks up instances that are not known, or were long ago. Without a memory in reach nothing is known; that is told once. */
  async learn(ids: Iterable<string>): Promise<void> {
    const now = performance.now();
    const due = [...new Set(ids)]
      .filter((id) => id !== '' && (this.#held.get(id)?.until ?? 0) < now)
      .slice(0, MAX_ASKED);
    for (const id of due) {
      try {
        const { resources } = await this.#history.resources({ filter: { types: ['ec2'], text: id }, limit: 2 });
        const found = resources.find((one) => one.id.endsWith(`/${id}`));
        const facts = found && { region: found.region, account: found.account };
        if (this.#held.size >= MAX_HELD) this.#held.clear();
        this.#held.set(id, { until: now + (facts ? KNOWN_MS : UNKNOWN_MS), facts });
      } catch (error) {
        this.#log.info({ code: codeOf(error) }, "the nodes cannot be compared with Elava's inventory");
        return;
      }
    }
  }
}
