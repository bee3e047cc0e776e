/** What the analyzers keep in the memory, and what they ask of all of it at once. */
import Type, { type Static } from 'typebox';
import { Instant, ResourceFilter } from '../../lib/resource.ts';
import { Next, Page } from './questions.schema.ts';

const place = { id: Type.String(), account: Type.String(), region: Type.String(), type: Type.String() };

/** How much a resource was used from `begun` to `measured_at`: figures by name, such as cpu_peak. */
export const StoredUsage = Type.Object({
  ...place,
  begun: Instant,
  measured_at: Instant,
  figures: Type.Record(Type.String(), Type.Number()),
});
export type StoredUsage = Static<typeof StoredUsage>;

const FindingState = Type.Union([Type.Literal('open'), Type.Literal('resolved')]);

/** `body` is the finding as its analyzer tells it. */
export const StoredFinding = Type.Object({
  ...place,
  analyzer: Type.String(),
  kind: Type.String(),
  state: FindingState,
  since: Instant,
  first_found: Instant,
  changed_at: Instant,
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  body: Type.Unsafe<Record<string, unknown>>({ type: 'object' }),
});
export type StoredFinding = Static<typeof StoredFinding>;

const ids = Type.Array(Type.String(), { maxItems: 5000 });

export const analysis = {
  linked: {
    text: 'Which of these ids some live resource refers to, and which belong to live resources.',
    read: true,
    timeoutMs: 30_000,
    params: Type.Object({ ids }),
    result: Type.Object({ referred: Type.Array(Type.String()), live: Type.Array(Type.String()) }),
  },
  measured: {
    text: 'Stores how much resources were used; the newest word on each counts.',
    timeoutMs: 30_000,
    params: Type.Object({ usage: Type.Array(StoredUsage, { maxItems: 5000 }) }),
    result: Type.Object({}),
  },
  usage: {
    text: 'How much these resources were used when it was last measured.',
    read: true,
    params: Type.Object({
      ids,
      since: Type.Optional(Type.String({ description: 'Only what was measured after this instant.' })),
    }),
    result: Type.Object({ usage: Type.Array(StoredUsage) }),
  },
  found: {
    text: 'Stores findings that are new, changed or resolved.',
    timeoutMs: 30_000,
    params: Type.Object({ findings: Type.Array(StoredFinding, { maxItems: 5000 }) }),
    result: Type.Object({}),
  },
  findings: {
    text: 'Findings of an analyzer that were stored, those too that are resolved.',
    read: true,
    params: Type.Object({
      analyzer: Type.String(),
      filter: Type.Optional(ResourceFilter),
      state: Type.Optional(FindingState),
      kinds: Type.Optional(Type.Array(Type.String())),
      ...Page,
    }),
    result: Type.Object({ findings: Type.Array(StoredFinding), ...Next }),
  },
} as const;
