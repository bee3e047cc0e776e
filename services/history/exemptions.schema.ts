/** Exceptions from policies, as they are kept. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';

const word = (description: string) => Type.String({ minLength: 1, maxLength: 1000, description });

export const Exemption = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
  resource: word('Id of the resources that it is for; * stands for anything.'),
  rule: word('Package or rule that it is for, such as elava.security.deny_open_port; * stands for anything.'),
  reason: word('Why.'),
  owner: word('Who answers for it.'),
  approver: word('Who agreed, somebody else than the owner.'),
  created_at: Instant,
  expires_at: Instant,
});
export type Exemption = Static<typeof Exemption>;

/** An exemption, and for how many results of live resources it is what keeps them from being what they would be. */
export const UsedExemption = Type.Interface([Exemption], { used: Type.Integer({ minimum: 0 }) });
export type UsedExemption = Static<typeof UsedExemption>;
