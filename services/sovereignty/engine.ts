/** Which engine enforces in this cluster, and its own objects: the ConstraintTemplate or the ValidatingAdmissionPolicy. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';
import { admissionPolicy } from './admission-policy.ts';
import { constraintTemplate } from './constraint-template.ts';
import { type Enforcement, type Engine, isCurrent } from './enforcement.ts';
import { FIELD_MANAGER } from './field-manager.ts';
import type { Applied, KubeClient } from './kube/client.ts';
import { type Kind, kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';

export type EngineChoice = 'auto' | Engine;

export interface EngineOptions {
  readonly client: KubeClient;
  readonly choice: EngineChoice;
  readonly log: Logger;
  /** Told when the engine came, went or changed: every policy is looked at again. */
  readonly onChange: () => void;
}

const RETRY_MS = 1000;
const CHECK_MS = 60_000;

export class EngineState {
  readonly #options: EngineOptions;
  #engine: Engine | undefined;
  #fault = 'the engine has not been looked for yet';

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Why there is none; "" when there is. */
  get fault(): string {
    return this.#fault;
  }

  /** Looks after the engine's objects until the term ends; never throws. */
  async run(term: Term): Promise<void> {
    while (!term.signal.aborted) {
      await sleep(this.#engine === undefined ? RETRY_MS : CHECK_MS, term.signal).catch(() => undefined);
      const before = this.#engine;
      if (!term.signal.aborted) await this.look(term);
      if (before !== this.#engine) this.#options.onChange();
    }
  }

  /** Finds the engine and installs its objects; what went wrong is in `fault` afterwards. */
  async look(term: Term): Promise<void> {
    try {
      const { engine, fault } = await this.#ensure(term);
      this.#engine = engine;
      this.#fault = fault;
    } catch (error) {
      if (term.signal.aborted) return;
      this.#fault = `${codeOf(error)}: ${messageOf(error)}`;
      this.#options.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'the engine cannot be made ready');
    }
  }

  async #ensure(term: Term): Promise<{ engine: Engine | undefined; fault: string }> {
    const { client, choice } = this.#options;
    const hasGatekeeper = choice !== 'admission-policy' && (await client.serves(kinds.template, term.signal));
    if (choice === 'gatekeeper' && !hasGatekeeper) return { engine: undefined, fault: 'Gatekeeper is not installed' };
    if (!hasGatekeeper) {
      await this.#keep(kinds.admissionPolicy, admissionPolicy(), term);
      return { engine: 'admission-policy', fault: '' };
    }
    await this.#keep(kinds.template, constraintTemplate(), term);
    const served = await client.serves(kinds.constraint, term.signal);
    const fault = 'Gatekeeper has not made the kind K8sGeoResidency of its template yet';
    return served ? { engine: 'gatekeeper', fault: '' } : { engine: undefined, fault };
  }

  async #keep(kind: Kind, wanted: Applied, term: Term): Promise<void> {
    const { client, log } = this.#options;
    const found = await client.get<Enforcement>(kind, wanted.metadata, term.signal);
    if (found && isCurrent(found, wanted)) return;
    await client.apply(kind, wanted, { fieldManager: FIELD_MANAGER, signal: term.fence() });
    log.info({ kind: kind.kind, name: wanted.metadata.name }, 'engine object written');
  }
}
