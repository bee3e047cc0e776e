/** What an owner is told in one message: an entry for each thing. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';

const line = (max: number) => Type.String({ maxLength: max });

export const DigestEntry = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 200, description: 'Of what it is about; an owner is told of it once.' }),
  title: line(500),
  what: line(1000),
  why: line(4000),
  who: Type.String({ maxLength: 500, description: 'Who changed it last.' }),
  when: Type.String({ maxLength: 500, description: 'What happens when.' }),
  fix: Type.String({ maxLength: 2000, description: 'The smallest change after which there is nothing to tell.' }),
  links: Type.Record(Type.String(), Type.String(), { description: 'Answer → signed token.' }),
});
export type DigestEntry = Static<typeof DigestEntry>;

/** One message to one owner, and what became of it. */
export const DigestState = Type.Object({
  id: Type.String(),
  owner: Type.String(),
  channel: Type.String(),
  to: Type.String(),
  entries: Type.Integer(),
  state: Type.Unsafe<'waiting' | 'sending' | 'delivered' | 'failed'>(Type.String()),
  error: Type.String(),
  at: Instant,
});
export type DigestState = Static<typeof DigestState>;
