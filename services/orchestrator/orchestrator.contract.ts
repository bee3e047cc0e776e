/** Plans scans: which units, how often, by one leader. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Coverage, Instant } from '../../lib/resource.ts';

/** What to scan; every field narrows, none means all that is configured. */
export const Scope = Type.Object({
  accounts: Type.Optional(Type.Array(Type.String())),
  regions: Type.Optional(Type.Array(Type.String())),
  types: Type.Optional(Type.Array(Type.String())),
  tiers: Type.Optional(Type.Array(Type.String())),
});
export type Scope = Static<typeof Scope>;

export const ScanReport = Type.Object({
  scan: Type.String(),
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('cancelled')]),
  started: Instant,
  finished: Type.String(),
  total: Type.Integer({ description: 'Units planned.' }),
  done: Type.Integer({ description: 'Units observed, in whatever state.' }),
  units: Type.Array(Coverage),
  left_out: Type.Optional(
    Type.Integer({ description: 'Units read whole whose rows are left out: those of a large scan fill no message.' }),
  ),
});
export type ScanReport = Static<typeof ScanReport>;

const Words = Type.Array(Type.String());
const Known = Type.Union([Type.Integer(), Type.Null()], {
  description: 'null where the accounts could not be looked up.',
});
export const TierTable = Type.Object({
  tiers: Type.Array(
    Type.Object({
      tier: Type.String(),
      matches: Type.Object({ types: Words, accounts: Words, regions: Words, tags: Words, status: Words }),
      interval_ms: Type.Integer({ description: 'As configured.' }),
      tuned_ms: Type.Integer({ description: 'What it is at present, by how often something changed.' }),
      units: Known,
      resources: Known,
      looks: Type.Integer({ description: 'Units that were read whole twice: what the tuning goes by.' }),
      changed: Type.Integer({ description: 'Those of them in which the last look saw a change.' }),
      last: Type.String(),
      next: Type.String(),
    }),
  ),
  error: Type.String({ description: 'Why the accounts could not be looked up, "" when they could.' }),
  detail: Type.String(),
});
export type TierTable = Static<typeof TierTable>;

export const orchestratorContract = defineContract({
  name: 'orchestrator',
  text: 'Plans the units of each tier at its interval and hands them to the scanners.',
  actions: {
    scan: {
      text: 'Plans a scan and returns with its id and number of units, as soon as the accounts are known.',
      timeoutMs: 900_000,
      params: Scope,
      result: Type.Object({ scan: Type.String(), total: Type.Integer() }),
    },
    report: {
      text: 'How far a scan is. With `wait` it answers when the scan is done or after that many milliseconds.',
      timeoutMs: 65_000,
      params: Type.Object({ scan: Type.String(), wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })) }),
      result: ScanReport,
    },
    cancel: {
      text: 'Drops the units of a scan that have not begun.',
      params: Type.Object({ scan: Type.String() }),
      result: Type.Object({ dropped: Type.Integer() }),
    },
    start: {
      text: 'Begins to scan each tier at its interval; what is due is read from the coverage in history. Does nothing when it runs.',
      params: Type.Object({}),
      result: Type.Object({}),
    },
    stop: {
      text: 'Plans nothing more. Units that are planned or being read are not touched.',
      timeoutMs: 30_000,
      params: Type.Object({}),
      result: Type.Object({}),
    },
    schedule: {
      text: 'The tiers with their intervals, units, and when each is due next.',
      read: true,
      timeoutMs: 60_000,
      params: Type.Object({}),
      result: Type.Object({
        running: Type.Boolean(),
        tiers: Type.Array(
          Type.Object({
            tier: Type.String(),
            interval_ms: Type.Integer({ description: 'As configured.' }),
            tuned_ms: Type.Integer({ description: 'What it is at present, by how often something changed.' }),
            units: Type.Integer(),
            looks: Type.Integer({ description: 'Units that were read whole twice: what the tuning goes by.' }),
            changed: Type.Integer({ description: 'Those of them in which the last look saw a change.' }),
            last: Type.String(),
            next: Type.String(),
          }),
        ),
      }),
    },
    tiers: {
      text: 'The tiers as a person asks for them: what each matches, how often it is scanned, and what is in it.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object({}),
      result: TierTable,
    },
    holdings: {
      text: 'Live resources in the units of each tier; of a tier with tags or status those that have them.',
      read: true,
      timeoutMs: 60_000,
      params: Type.Object({}),
      result: Type.Object({ tiers: Type.Array(Type.Object({ tier: Type.String(), resources: Type.Integer() })) }),
    },
  },
  events: {
    cancelled: {
      text: 'A scan was cancelled: scanners drop its units that have not begun.',
      payload: Type.Object({ scan: Type.String() }),
    },
    finished: {
      text: 'A scan is done.',
      payload: Type.Object({ scan: Type.String(), units: Type.Integer(), complete: Type.Integer() }),
    },
  },
});
