/**
 * A service's actions and events, declared once: name → schema → the types of both sides. A wrong payload, a missing
 * handler or an extra one does not compile; what comes over the wire is checked again by the callee.
 */
import type { Context, Service, ServiceBroker, ServiceSchema } from 'moleculer';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { elavaError } from './errors.ts';
import { type Runtime, runtimeOf } from './runtime.ts';
import { linked, sleep } from './time.ts';

export interface ActionDef {
  readonly params: TSchema;
  readonly result: TSchema;
  /** How long a caller waits, in milliseconds; the broker's requestTimeout when absent. */
  readonly timeoutMs?: number;
  /** A pure read may be retried by the broker; nothing else ever is. */
  readonly read?: boolean;
  readonly text: string;
}
export interface EventDef {
  readonly payload: TSchema;
  readonly text: string;
}
export type Actions = Record<string, ActionDef>;
export type Events = Record<string, EventDef>;

export interface Contract<N extends string = string, A extends Actions = Actions, E extends Events = Events> {
  readonly name: N;
  readonly text: string;
  readonly actions: A;
  readonly events: E;
}

/** Declares a service. `text` is one sentence for the generated docs. */
export function defineContract<const N extends string, const A extends Actions, const E extends Events>(
  contract: Contract<N, A, E>,
): Contract<N, A, E> {
  return contract;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly parent?: Context;
  /** The process that is to answer; any that can when absent. */
  readonly node?: string | undefined;
}
export type Client<C extends Contract> = {
  readonly [K in keyof C['actions'] & string]: (
    params: Static<C['actions'][K]['params']>,
    options?: CallOptions,
  ) => Promise<Static<C['actions'][K]['result']>>;
};

/** A typed caller of another service: `clientOf(historyContract, broker).counts({})`. */
export function clientOf<C extends Contract>(contract: C, broker: ServiceBroker): Client<C> {
  const calls = Object.entries(contract.actions).map(([action, def]) => [
    action,
    (params: object, options: CallOptions = {}) => {
      const timeout = options.timeoutMs ?? def.timeoutMs;
      return broker.call(`${contract.name}.${action}`, params, {
        ...(timeout === undefined ? {} : { timeout }),
        ...(options.parent ? { parentCtx: options.parent } : {}),
        ...(options.node === undefined ? {} : { nodeID: options.node }),
        retries: def.read ? 1 : 0,
      });
    },
  ]);
  return Object.fromEntries(calls) as Client<C>;
}

/** Announces an event to every node. Volatile: who must not miss it reads the store. */
export async function announce<C extends Contract, K extends keyof C['events'] & string>(
  broker: ServiceBroker,
  contract: C,
  event: K,
  payload: Static<C['events'][K]['payload']>,
): Promise<void> {
  await broker.broadcast(`${contract.name}.${event}`, payload as object);
}

export interface EventRef<N extends string = string, P extends TSchema = TSchema> {
  readonly event: N;
  readonly payload: P;
}

/** Names another service's event for `hears`: `eventOf(historyContract, 'changed')`. */
export function eventOf<const N extends string, E extends Events, const K extends keyof E & string>(
  contract: { readonly name: N; readonly events: E },
  event: K,
): EventRef<`${N}.${K}`, E[K]['payload']> {
  const def = contract.events[event] as EventDef;
  return { event: `${contract.name}.${event}`, payload: def.payload };
}

export interface Implementation<C extends Contract, H extends readonly EventRef[] = []> {
  readonly actions: {
    readonly [K in keyof C['actions'] & string]: (
      params: Static<C['actions'][K]['params']>,
      ctx: Context,
    ) => Promise<Static<C['actions'][K]['result']>>;
  };
  readonly events: { readonly [R in H[number] as R['event']]: (payload: Static<R['payload']>) => Promise<void> | void };
  /** Opens what the service holds; the broker serves calls afterwards. */
  start?(): Promise<void>;
  /** Takes no more work and ends what it has; calls still go both ways, and others still find the service. */
  drain?(): Promise<void>;
  /** Lets go of it; runs when no call is in flight any more. */
  stop?(): Promise<void>;
}
export interface Host {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
}
export interface ServiceOptions<H extends readonly EventRef[]> {
  /** Services that must be up before this one starts. */
  readonly needs?: readonly Contract[];
  /** Other services' events that this one hears. */
  readonly hears?: H;
}

/** Turns an implementation into the Moleculer schema that `*.service.ts` exports by default. */
export function defineService<C extends Contract, const H extends readonly EventRef[] = []>(
  contract: C,
  setup: (host: Host) => Implementation<C, H>,
  { needs = [], hears }: ServiceOptions<H> = {},
): ServiceSchema {
  const held = new Holdings<Implementation<C, H>>(contract.name);
  return {
    name: contract.name,
    actions: Object.fromEntries(
      Object.entries(contract.actions).map(([name, def]) => [
        name,
        actionSchema(`${contract.name}.${name}`, def, (broker) => held.of(broker).made.actions[name]),
      ]),
    ),
    events: Object.fromEntries(
      (hears ?? []).map((ref) => [
        ref.event,
        eventSchema(contract.name, ref, (broker) => (held.of(broker).made.events as Handlers)[ref.event]),
      ]),
    ),
    created() {
      held.keep(this.broker, setup({ broker: this.broker, runtime: runtimeOf(this.broker) }));
    },
    async started() {
      const { made, stopping } = held.of(this.broker);
      using over = linked([stopping.signal, runtimeOf(this.broker).over]);
      await available(this.broker, { service: contract.name, needs, signal: over.signal });
      await made.start?.();
    },
    methods: { drain: drainOf(held) },
    async stopped() {
      if (!held.has(this.broker)) return;
      const { made, stopping } = held.of(this.broker);
      stopping.abort();
      await made.stop?.();
    },
  };
}

/**
 * Starts services in a broker that runs already. Moleculer's own createService would only log that one could not start.
 * Errors: those of the services' `start`.
 */
export async function startServices(broker: ServiceBroker, schemas: readonly ServiceSchema[]): Promise<void> {
  const made = schemas.map((schema) => new broker.ServiceFactory(broker, schema));
  await Promise.all(made.map((service) => (service as unknown as { _start(): Promise<void> })._start()));
}

/** The method that lib/drain.ts calls. */
function drainOf(held: Holdings<{ drain?(): Promise<void> }>) {
  return async function drain(this: Service): Promise<void> {
    if (held.has(this.broker)) await held.of(this.broker).made.drain?.();
  };
}

/** What a service made for each broker that it runs in. */
class Holdings<T> {
  readonly #service: string;
  readonly #held = new WeakMap<ServiceBroker, { readonly made: T; readonly stopping: AbortController }>();

  constructor(service: string) {
    this.#service = service;
  }

  keep(broker: ServiceBroker, made: T): void {
    this.#held.set(broker, { made, stopping: new AbortController() });
  }

  has(broker: ServiceBroker): boolean {
    return this.#held.has(broker);
  }

  of(broker: ServiceBroker): { readonly made: T; readonly stopping: AbortController } {
    const found = this.#held.get(broker);
    if (!found) throw elavaError('INTERNAL', `service ${this.#service} is not created yet`);
    return found;
  }
}

/**
 * Moleculer's own `dependencies` wait on when the broker has stopped, and a process whose start failed never ends.
 * Errors: ROLE_UNAVAILABLE where nobody else could run them, CANCELLED.
 */
async function available(
  broker: ServiceBroker,
  { service, needs, signal }: { service: string; needs: readonly Contract[]; signal: AbortSignal },
): Promise<void> {
  const names = needs.map(({ name }) => name);
  const alone = broker.transit ? [] : names.filter((name) => !broker.getLocalService(name));
  if (alone.length > 0)
    throw elavaError(
      'ROLE_UNAVAILABLE',
      `${service} needs ${alone.join(', ')}, which no other process can run without nats.servers`,
    );
  const missing = () => names.filter((name) => !broker.registry.hasService(name, undefined as unknown as string));
  for (let looks = 1; missing().length > 0; looks += 1) {
    if (looks % LOOKS_UNTIL_SAID === 0)
      runtimeOf(broker).log.warn({ service, missing: missing() }, 'waits for services that nobody runs');
    await sleep(lookMs, signal);
  }
}
/** Between two looks for the services that one needs, milliseconds. */
const lookMs = 50;
/** Half a minute of looks. */
const LOOKS_UNTIL_SAID = 600;

type Handler = (params: never, ctx: Context) => unknown;
type Handlers = Record<string, Handler>;
type HandlerOf = (broker: ServiceBroker) => Handler | undefined;

function actionSchema(name: string, def: ActionDef, handlerOf: HandlerOf) {
  const check = checker(def.params, name);
  return {
    handler(ctx: Context) {
      check(ctx.params);
      const handler = handlerOf(ctx.broker);
      if (!handler) throw elavaError('INTERNAL', `${name} has no handler`);
      return handler(ctx.params as never, ctx);
    },
  };
}

/** A handler's failure is logged, not thrown: Moleculer would swallow it, and an event's sender never waits for it. */
function eventSchema(service: string, { event, payload }: EventRef, handlerOf: HandlerOf) {
  const check = checker(payload, event);
  return {
    async handler(ctx: Context) {
      try {
        check(ctx.params);
        await handlerOf(ctx.broker)?.(ctx.params as never, ctx);
      } catch (error) {
        runtimeOf(ctx.broker).log.error({ error, event, service }, 'event handler failed');
      }
    },
  };
}

/** Compiled on first use: a command line that calls two actions should not pay for fifty. */
function checker(schema: TSchema, name: string): (value: unknown) => void {
  let compiled: ReturnType<typeof Compile> | undefined;
  return (value) => {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return;
    const { instancePath: field = '', message = 'is not valid' } = compiled.Errors(value)[0] ?? {};
    const where = field === '' ? '' : `${field.slice(1).replaceAll('/', '.')} `;
    throw elavaError('INVALID_REQUEST', `${name}: ${where}${message}`, { data: { field, message } });
  };
}
