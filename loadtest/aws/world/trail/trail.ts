/**
 * CloudTrail of the estate: every change of the world becomes the events that AWS would have logged, by someone of a seeded
 * cast, and a label that says who it truly was.
 */
import type { Entity } from '../entity.ts';
import type { Account, ResourceType, Unit } from '../estate.ts';
import { kinds } from '../kinds/index.ts';
import { Dice, mix } from '../random.ts';
import type { Actor, ActorKind, Archetype } from './actor.ts';
import { Cast } from './cast.ts';
import { choose, weighted } from './choose.ts';
import { type NewEvent, openingEvent, type TrailEvent, type TrailResource } from './event.ts';
import { uuidOf } from './identity.ts';
import { EventLog, type Lookup } from './log.ts';
import { decoyOf } from './noise.ts';
import type { Session } from './session.ts';
import { type LoggedCall, type Step, subject } from './step.ts';

export interface TrailOptions {
  /** How late LookupEvents gives an event: between so many milliseconds. Default: two to seven minutes. */
  readonly delayMs?: readonly [from: number, to: number];
  /** Share of events that come later than that, by `lateMs` (default ten to twenty minutes). */
  readonly lateShare?: number;
  readonly lateMs?: readonly [from: number, to: number];
  /** Share of events that never come. */
  readonly missingShare?: number;
  /** How many events that changed nothing come with each change: refused calls, and calls that leave no trace. */
  readonly noise?: number;
  /** Whether reading calls that the simulator serves are logged too. */
  readonly reads?: boolean;
  /** The bucket that a trail of the organisation is delivered to; no files when absent. */
  readonly bucket?: string;
}

/** One change, told as it would be in the answers, with who truly made it. */
export interface Changed {
  readonly change: Step['change'];
  readonly what: string;
  readonly arn: string;
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /** The true actor, its kind, and the event that shows the change, whether or not it is ever delivered. */
  readonly actor: string;
  readonly actor_kind: ActorKind;
  readonly event_id: string;
}
export interface Label extends Changed {
  /** ISO 8601. */
  readonly at: string;
  /** All events of the change: opening a bucket takes two calls. */
  readonly event_ids: readonly string[];
  readonly event_name: string;
  readonly event_region: string;
  /** Other texts that name the same actor; whoever began it comes first in the chain. */
  readonly aliases: readonly string[];
  readonly chain: readonly string[];
  readonly archetype: Archetype | 'api';
  readonly via: string;
  /** When LookupEvents gives the event; "" when it never will. */
  readonly available_at: string;
}
/** Who makes a change: a way of the cast, or a session that is at hand. */
export type By = Archetype | Whoever;
export interface Whoever extends Omit<Actor, 'session' | 'archetype'> {
  readonly session: Session;
}

const mostLabels = 1_000_000;
/** Services that are one for the world log there. */
const globalSources: ReadonlySet<string> = new Set([
  'iam.amazonaws.com',
  'route53.amazonaws.com',
  'organizations.amazonaws.com',
]);

export class Trail {
  readonly cast: Cast;
  options: TrailOptions;
  readonly #seed: number;
  readonly #dice: Dice;
  readonly #logs = new Map<string, EventLog>();
  readonly #opened = new Set<string>();
  readonly #labels: Label[] = [];
  #count = 0;

  constructor(seed: number, accounts: readonly Account[], options: TrailOptions = {}) {
    this.#seed = seed;
    this.#dice = new Dice(mix(seed, 0x7a11));
    this.options = options;
    this.cast = new Cast(seed, accounts[0] as Account);
  }

  labels(): readonly Label[] {
    return this.#labels;
  }

  /** The events of an account in a region. */
  log(account: string, region: string): EventLog {
    const key = `${account}/${region}`;
    let log = this.#logs.get(key);
    if (!log) this.#logs.set(key, (log = new EventLog()));
    return log;
  }

  lookup(account: string, region: string, lookup: Lookup): { events: TrailEvent[]; more: boolean } {
    return this.#logs.get(`${account}/${region}`)?.lookup(lookup) ?? { events: [], more: false };
  }

  /** Takes an event as it is. */
  record(event: NewEvent): TrailEvent {
    const seq = this.#count++;
    const taken = { ...event, seq, id: uuidOf(`${this.#seed}/event/${seq}`), availableAt: event.at + this.#delay() };
    this.log(event.account, event.region).add(taken);
    return taken;
  }

  /** Logs what one person, pipeline or service did at one instant, and labels it. Steps are of one unit and one word. */
  act(steps: readonly Step[], at: number, by?: By): Changed[] {
    const [first] = steps;
    if (!first) return [];
    const { account } = first.unit;
    const actor = typeof by === 'object' ? by : this.#actor(first, by);
    const session = 'archetype' in actor ? actor.session(at, first.unit.region) : actor.session;
    for (const opening of session.opening) this.#open(opening.by.identity.principalId, openingEvent(opening));
    if (this.#dice.chance(this.options.noise ?? 0)) this.#distract(first, at);
    const events = callsOf(steps).map((call) => ({ call, event: this.record(eventOf(call, first.unit, at, session)) }));
    const archetype = 'archetype' in actor ? actor.archetype : 'api';
    return this.label(steps, { events, actor, archetype, at, account: account.id });
  }

  label(
    steps: readonly Step[],
    told: {
      readonly events: readonly { readonly call: LoggedCall; readonly event: TrailEvent }[];
      readonly actor: Omit<Whoever, 'session'>;
      readonly archetype: Label['archetype'];
      readonly at: number;
      readonly account: string;
    },
  ): Changed[] {
    let before: readonly TrailEvent[] = [];
    return steps.map((step) => {
      const own = told.events.filter(({ call }) => call.of === undefined || call.of.includes(step));
      const events = step.follows ? before : own.map(({ event }) => event);
      before = events;
      const changed = changedOf(step, told.actor, events.at(-1)?.id ?? '');
      this.#keep({ ...changed, ...labelOf(events, told) });
      return changed;
    });
  }

  #keep(label: Label): void {
    this.#labels.push(label);
    if (this.#labels.length > mostLabels) this.#labels.splice(0, mostLabels / 8);
  }

  #actor(step: Step, by: Archetype | undefined): Actor {
    const { account } = step.unit;
    return this.cast.member(account, by ?? choose(step, this.#dice), this.#dice.below(2));
  }

  /** A session's beginning is logged once, in each account that sees it. */
  #open(principal: unknown, event: NewEvent): void {
    const key = `${event.account}/${event.at}/${event.name}/${String(principal)}/${JSON.stringify(event.request)}`;
    if (this.#opened.has(key)) return;
    this.#opened.add(key);
    this.record(event);
  }

  #distract(step: Step, at: number): void {
    const other = this.cast.member(step.unit.account, weighted(this.#dice), this.#dice.below(2));
    const before = at - 1000 * (10 + this.#dice.below(1200));
    const [call] = callsOf([step]);
    if (!call) return;
    const { opening: _none, ...session } = other.session(before, step.unit.region);
    const event = eventOf(call, step.unit, before, session);
    this.record(decoyOf(event, step, this.#dice));
  }

  #delay(): number {
    const {
      delayMs = [120_000, 420_000],
      lateMs = [600_000, 1_200_000],
      lateShare = 0,
      missingShare = 0,
    } = this.options;
    const dice = this.#dice.next();
    if (dice < missingShare) return Number.POSITIVE_INFINITY;
    const [from, to] = dice < missingShare + lateShare ? lateMs : delayMs;
    return Math.round(from + this.#dice.next() * (to - from));
  }
}

/** The calls that made the steps, by the type's own table. What follows of itself has none. */
function callsOf(steps: readonly Step[]): LoggedCall[] {
  const own = steps.filter(({ follows }) => !follows);
  const [first] = own;
  if (!first) return [];
  const { calls } = kinds[first.unit.type].trail;
  const log = calls[first.change === 'reappeared' ? 'create' : first.what];
  if (!log) throw new Error(`${first.unit.type} has no API call for "${first.what}"`);
  return log(own);
}

function eventOf(call: LoggedCall, unit: Unit, at: number, session: Omit<Session, 'opening'>): NewEvent {
  const { source } = kinds[unit.type].trail;
  const by = 'opening' in session ? withoutOpening(session as Session) : session;
  return {
    at,
    account: unit.account.id,
    region: unit.region === 'global' || globalSources.has(source) ? 'us-east-1' : unit.region,
    name: call.name,
    source,
    readOnly: false,
    by,
    request: call.request,
    response: call.response ?? null,
    resources: (call.of ?? []).map(resourceOf),
  };
}

function withoutOpening({ opening: _opening, ...session }: Session): Omit<Session, 'opening'> {
  return session;
}

/** As CloudTrail names it; the ARN only where the service fills it in. */
export function resourceOf(step: Step): TrailResource {
  const { type, arns } = kinds[step.unit.type].trail;
  const entity: Entity = subject(step);
  return { type, name: entity.id, ...(arns ? { arn: step.arn } : {}) };
}

function changedOf(step: Step, { actor, kind }: Pick<Actor, 'actor' | 'kind'>, event_id: string): Changed {
  const { change, what, arn, unit } = step;
  const place = { type: unit.type, account: unit.account.id, region: unit.region };
  return { change, what, arn, ...place, actor, actor_kind: kind, event_id };
}

function labelOf(
  events: readonly TrailEvent[],
  { actor, archetype, at }: { actor: Omit<Whoever, 'session'>; archetype: Label['archetype']; at: number },
): Omit<Label, keyof Changed> {
  const last = events.at(-1);
  const available = last && Number.isFinite(last.availableAt) ? new Date(last.availableAt).toISOString() : '';
  return {
    at: new Date(at).toISOString(),
    event_ids: events.map(({ id }) => id),
    event_name: last?.name ?? '',
    event_region: last?.region ?? '',
    aliases: actor.aliases,
    chain: actor.chain,
    archetype,
    via: actor.via,
    available_at: available,
  };
}
