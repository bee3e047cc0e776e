/** What policies said of resources, as the memory keeps it. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';
import { Revision } from './questions.schema.ts';

/** What one policy said of one resource version; `input` is not copied: (resource_id, revision, now) repeat it. */
export const Evaluation = Type.Object({
  id: Type.String(),
  resource_id: Type.String(),
  policy_name: Type.String(),
  result: Type.Object({
    decision: Type.String(),
    reason: Type.String(),
    confidence: Type.Number(),
    policies: Type.Array(Type.String()),
    metadata: Type.Record(Type.String(), Type.Unknown()),
    actions: Type.Array(Type.Record(Type.String(), Type.Unknown())),
    exempt: Type.Optional(Type.Array(Type.String(), { description: 'Ids of the exemptions that were applied.' })),
    would: Type.Optional(Type.String({ description: 'The decision without them.' })),
  }),
  effect: Type.String({ description: 'deny | warn | audit | allow' }),
  error: Type.String({ description: 'A code when the policy failed, else "".' }),
  evaluated_at: Instant,
  revision: Revision,
  hash: Type.Optional(
    Type.String({ description: 'Of result, effect and error, made by who judged; `judging` hands it back in `last`.' }),
  ),
  bundle: Type.String({ description: 'Digest of the bundle that spoke.' }),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  environment: Type.String(),
});
export type Evaluation = Static<typeof Evaluation>;
