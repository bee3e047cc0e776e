/** CloudTrail's userIdentity elements (CloudTrail User Guide, "CloudTrail userIdentity element"). */
import { hashText } from '../random.ts';

export interface Identity {
  readonly type: string;
  readonly [member: string]: unknown;
}
/** A role as a session's issuer shows it. */
export interface RoleOf {
  readonly account: string;
  readonly name: string;
  /** `/`, or such as `/aws-reserved/sso.amazonaws.com/`. */
  readonly path?: string;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id in IAM's form: `AROA` and as many letters and digits as make twenty or so. */
export function iamId(prefix: string, of: string, digits = 17): string {
  let out = prefix;
  let h = hashText(`${prefix}/${of}`);
  for (let i = 0; i < digits; i++) {
    if (i % 6 === 5) h = hashText(`${of}/${i}/${h}`);
    out += alphabet[(h >>> ((i % 6) * 5)) & 31];
  }
  return out;
}

/** Credentials that last: AKIA and sixteen. */
export function keyOf(of: string, temporary: boolean): string {
  return iamId(temporary ? 'ASIA' : 'AKIA', of, 16);
}

/** A UUID's form, from any text. */
export function uuidOf(of: string): string {
  const part = (n: number) => hashText(`${of}/${n}`).toString(16).padStart(8, '0');
  const [a, b, c, d] = [part(1), part(2), part(3), part(4)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

export function second(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function iamUser(account: string, userName: string, accessKeyId: string, console?: { since: number }): Identity {
  return {
    type: 'IAMUser',
    principalId: iamId('AIDA', `${account}/${userName}`),
    arn: `arn:aws:iam::${account}:user/${userName}`,
    accountId: account,
    accessKeyId,
    userName,
    ...(console ? { sessionContext: { attributes: attributes(console.since, true) } } : {}),
  };
}

export interface AssumedRole {
  readonly role: RoleOf;
  readonly session: string;
  readonly accessKeyId: string;
  readonly since: number;
  readonly mfa?: boolean;
  readonly federation?: { readonly federatedProvider: string; readonly attributes: object };
  readonly invokedBy?: string;
  readonly more?: object;
}

export function assumedRole({ role, session, accessKeyId, since, ...rest }: AssumedRole): Identity {
  const { account, name, path = '/' } = role;
  const principal = iamId('AROA', `${account}/${name}`);
  return {
    type: 'AssumedRole',
    principalId: `${principal}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    accountId: account,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: principal,
        arn: `arn:aws:iam::${account}:role${path}${name}`,
        accountId: account,
        userName: name,
      },
      ...(rest.federation ? { webIdFederationData: rest.federation } : {}),
      attributes: attributes(since, rest.mfa ?? false),
    },
    ...(rest.invokedBy ? { invokedBy: rest.invokedBy } : {}),
    ...rest.more,
  };
}

export function root(account: string, since: number): Identity {
  return {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    accessKeyId: keyOf(`${account}/root/${since}`, true),
    sessionContext: { attributes: attributes(since, true) },
  };
}

/** A user whose temporary credentials come of GetFederationToken. */
export function federatedUser(account: string, name: string, issuer: string, since: number): Identity {
  return {
    type: 'FederatedUser',
    principalId: `${account}:${name}`,
    arn: `arn:aws:sts::${account}:federated-user/${name}`,
    accountId: account,
    accessKeyId: keyOf(`${account}/${name}/${since}`, true),
    sessionContext: {
      sessionIssuer: {
        type: 'IAMUser',
        principalId: iamId('AIDA', `${account}/${issuer}`),
        arn: `arn:aws:iam::${account}:user/${issuer}`,
        accountId: account,
        userName: issuer,
      },
      attributes: attributes(since, false),
    },
  };
}

/** The service itself acts. */
export function awsService(invokedBy: string): Identity {
  return { type: 'AWSService', invokedBy };
}

function attributes(since: number, mfa: boolean) {
  return { creationDate: second(since), mfaAuthenticated: String(mfa) };
}
