/**
 * One CloudTrail record, read tolerantly: whatever is missing or of another form is empty, nothing throws. Fields:
 * AWS CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
 */

export interface Caller {
  readonly type: string;
  readonly arn: string;
  readonly principal: string;
  readonly account: string;
  readonly userName: string;
  readonly accessKey: string;
  readonly invokedBy: string;
  /** Of the role or user whose session it is. */
  readonly issuer: { readonly type: string; readonly arn: string; readonly name: string };
  /** What follows the role in an assumed role's ARN. */
  readonly session: string;
  readonly mfa: boolean;
  /** When the session began, milliseconds; NaN when the record does not tell. */
  readonly since: number;
  /** The provider whose token opened the session, such as token.actions.githubusercontent.com. */
  readonly federation: string;
  readonly onInstance: boolean;
  readonly sourceIdentity: string;
}
export interface AuditRecord {
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `ec2.amazonaws.com` */
  readonly source: string;
  readonly error: string;
  readonly caller: Caller;
  readonly userAgent: string;
  readonly sourceIp: string;
  readonly console: boolean;
  readonly request: unknown;
  readonly response: unknown;
  /** Names and ARNs of `resources`. */
  readonly resources: readonly string[];
  readonly body: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const flagged = (value: unknown): boolean => value === true || value === 'true';
const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** undefined for what is no record: no id, no name or no time. */
export function readRecord(body: string): AuditRecord | undefined {
  let record: unknown;
  try {
    record = JSON.parse(body);
  } catch {
    return undefined;
  }
  const at = Date.parse(text(member(record, 'eventTime')));
  const [id, name] = [text(member(record, 'eventID')), text(member(record, 'eventName'))];
  if (Number.isNaN(at) || id === '' || name === '') return undefined;
  return { id, at, name, ...placeOf(record), ...callOf(record), body };
}

function placeOf(record: unknown) {
  const caller = callerOf(member(record, 'userIdentity'));
  const account = text(member(record, 'recipientAccountId')) || caller.account;
  return { caller, account, region: text(member(record, 'awsRegion')) };
}

function callOf(record: unknown) {
  const userAgent = text(member(record, 'userAgent'));
  return {
    source: text(member(record, 'eventSource')),
    error: text(member(record, 'errorCode')),
    userAgent,
    sourceIp: text(member(record, 'sourceIPAddress')),
    console: flagged(member(record, 'sessionCredentialFromConsole')) || isConsole(userAgent),
    request: member(record, 'requestParameters') ?? null,
    response: member(record, 'responseElements') ?? null,
    resources: listOf(member(record, 'resources')).flatMap(namesOf),
  };
}

/** As cloudandthings/terraform-aws-clickops-notifier tells a console's calls, without its Java SDK patterns. */
function isConsole(userAgent: string): boolean {
  return /^(\[?S3Console|Mozilla\/|console\..*amazonaws\.com|signin\.amazonaws\.com|aws-internal.*Console)/.test(
    userAgent,
  );
}

function callerOf(identity: unknown): Caller {
  const context = member(identity, 'sessionContext');
  const issuer = member(context, 'sessionIssuer');
  const arn = text(member(identity, 'arn'));
  return {
    type: text(member(identity, 'type')),
    arn,
    principal: text(member(identity, 'principalId')),
    account: text(member(identity, 'accountId')),
    userName: text(member(identity, 'userName')),
    accessKey: text(member(identity, 'accessKeyId')),
    invokedBy: text(member(identity, 'invokedBy')),
    issuer: {
      type: text(member(issuer, 'type')),
      arn: text(member(issuer, 'arn')),
      name: text(member(issuer, 'userName')),
    },
    session: sessionOf(arn),
    since: Date.parse(text(member(member(context, 'attributes'), 'creationDate'))),
    mfa: flagged(member(member(context, 'attributes'), 'mfaAuthenticated')),
    federation: text(member(member(context, 'webIdFederationData'), 'federatedProvider')),
    onInstance: member(context, 'ec2RoleDelivery') !== undefined,
    sourceIdentity: text(member(identity, 'sourceIdentity')) || text(member(context, 'sourceIdentity')),
  };
}

function sessionOf(arn: string): string {
  const [, role = '', session = ''] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  return role === '' ? '' : session;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function namesOf(resource: unknown): string[] {
  return ['ARN', 'arn', 'ResourceName', 'resourceName']
    .map((name) => text(member(resource, name)))
    .filter((n) => n !== '');
}

const MOST_KEYS = 400;
/** Tags and policies hold words of people, credentials what must not be stored twice. */
const notKeys =
  /^(tags|tagSet|tagSpecificationSet|credentials|policy|policyDocument|assumeRolePolicyDocument|description|environment)$/i;

/** What an event may be about: short texts of its parameters, answer and resources; of an ARN also its last part. */
export function keysOf({ request, response, resources }: AuditRecord): string[] {
  const keys = new Set<string>();
  const take = (value: string): void => {
    if (keys.size >= MOST_KEYS || value.length < 3 || value.length > 512 || /\s/.test(value)) return;
    keys.add(value);
    if (value.startsWith('arn:')) keys.add(lastPart(value));
  };
  for (const found of [request, response]) eachText(found, take, 0);
  resources.forEach(take);
  return [...keys];
}

const DEEPEST = 12;

function eachText(value: unknown, take: (text: string) => void, depth: number): void {
  if (typeof value === 'string') return take(value);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
  for (const [name, inner] of Object.entries(value)) if (!notKeys.test(name)) eachText(inner, take, depth + 1);
}

/** `i-1` of `…:instance/i-1`, `orders` of `…:function:orders`, the bucket of `arn:aws:s3:::bucket`. */
export function lastPart(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}

/** The access key that the call handed out, "" when none: STS's answers lead from a session to who opened it. */
export function grantOf({ response }: AuditRecord): string {
  return text(member(member(response, 'credentials'), 'accessKeyId'));
}

/** Every text at a path of member names; lists are gone through. */
export function textsAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  return textsAt(member(value, name), rest);
}
