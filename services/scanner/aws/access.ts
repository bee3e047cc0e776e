/** How each account is entered: with the caller's own credentials, with a role of its own, or with the organisation's. */
import type { Config } from '../../../lib/config/schema.ts';
import { elavaError } from '../../../lib/errors.ts';

type Aws = Config['providers']['aws'];

export interface Way {
  /** ARN of the role to assume; "" for the caller's own credentials. */
  readonly role: string;
  readonly externalId: string;
}

const own: Way = { role: '', externalId: '' };

export class Access {
  readonly #aws: Aws;
  readonly #partition: string;
  readonly #listed: ReadonlyMap<string, Aws['accounts'][number]>;

  constructor(aws: Aws, partition: string) {
    this.#aws = aws;
    this.#partition = partition;
    this.#listed = new Map(aws.accounts.map((account) => [account.id, account]));
  }

  /** Whether it takes the caller's own account to know the way into this one. */
  needsOwn(id: string): boolean {
    return this.#aws.organization.enabled && (this.#listed.get(id)?.role_arn ?? '') === '';
  }

  /** `caller` is the caller's own account where `needsOwn`. Throws ACCOUNT_UNKNOWN for one that is configured nowhere. */
  way(id: string, caller: string): Way {
    const { organization, accounts } = this.#aws;
    const account = this.#listed.get(id);
    if (account && account.role_arn !== '') return { role: account.role_arn, externalId: account.external_id };
    if (organization.enabled) {
      if (id === caller) return own;
      return {
        role: `arn:${this.#partition}:iam::${id}:role/${organization.role}`,
        externalId: account?.external_id || organization.external_id,
      };
    }
    if (!account && accounts.length > 0) throw elavaError('ACCOUNT_UNKNOWN', `account ${id} is not configured`);
    return own;
  }
}
