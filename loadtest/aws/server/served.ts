/** Events of the calls that the simulator serves: what its callers did, with the identity that their credentials give. */

import { assumedRole, iamUser } from '../world/trail/identity.ts';
import type { Session } from '../world/trail/session.ts';
import { resourceOf, type Whoever } from '../world/trail/trail.ts';
import type { ApiError, Call } from './call.ts';
import { isMutating } from './ledger.ts';
import { trailWords } from './trail-words.ts';

export interface Served {
  readonly operation: string;
  readonly call: Call;
  readonly output: object | undefined;
  readonly error: ApiError | undefined;
  readonly userAgent: string;
  readonly sourceIp: string;
}

/** Operations whose events carry the version of the API that they came with. */
const dated: Readonly<Record<string, string>> = {
  'lambda:CreateFunction': 'CreateFunction20150331',
  'lambda:DeleteFunction': 'DeleteFunction20150331',
  'lambda:UpdateFunctionCode': 'UpdateFunctionCode20150331v2',
  'lambda:UpdateFunctionConfiguration': 'UpdateFunctionConfiguration20150331v2',
  'lambda:TagResource': 'TagResource20170331v2',
  'lambda:UntagResource': 'UntagResource20170331v2',
};
const globalServices: ReadonlySet<string> = new Set(['iam', 'organizations', 'route53']);
/** Most calls of roles that are taken come from scanners, and AWS logs those too. */
const alwaysLogged = 'sts:AssumeRole';

/** Logs what was served, and labels what it changed. */
export function logServed(served: Served): void {
  const { call, operation, error } = served;
  const { trail } = call.world;
  const write = isMutating(operation);
  if (!write && call.action !== alwaysLogged && !trail.options.reads) return;
  const at = call.world.now();
  const whoever = callerOf(served, at);
  const event = trail.record({ ...eventOf(served, whoever.session, !write), at });
  if (call.action === alwaysLogged && !error) logInTarget(served, whoever.session, at);
  if (call.steps.length === 0) return;
  const events = [{ call: { name: event.name, request: event.request }, event }];
  trail.label(call.steps, { events, actor: whoever, archetype: 'api', at, account: call.caller.account.id });
}

function eventOf({ operation, call, output, error, userAgent, sourceIp }: Served, session: Session, readOnly: boolean) {
  const service = call.action.split(':')[0] as string;
  return {
    account: call.caller.account.id,
    region: globalServices.has(service) ? 'us-east-1' : call.region,
    name: dated[call.action] ?? operation,
    source: `${service}.amazonaws.com`,
    readOnly,
    by: { ...withoutOpening(session), userAgent, sourceIp },
    request: trailWords(service, call.input),
    response:
      output && !readOnlyAnswer(call.action, readOnly) ? trailWords(service, output as Record<string, unknown>) : null,
    resources: call.steps.map(resourceOf),
    ...(error
      ? { error: { code: service === 'ec2' ? `Client.${error.code}` : error.code, message: error.message } }
      : {}),
    requestId: call.requestId,
  };
}

/** Answers of reading calls are not logged, but for those of STS. */
function readOnlyAnswer(action: string, readOnly: boolean): boolean {
  return readOnly && !action.startsWith('sts:');
}

function withoutOpening({ opening: _opening, ...session }: Session): Omit<Session, 'opening'> {
  return session;
}

/** The account of the role logs the call too when it came from another one. */
function logInTarget(served: Served, session: Session, at: number): void {
  const { call, output } = served;
  const target = /^arn:aws:iam::(\d{12}):/.exec(String(call.input.RoleArn))?.[1];
  if (!target || !output || target === call.caller.account.id) return;
  const { principalId } = session.identity;
  const identity = { type: 'AWSAccount', principalId, accountId: call.caller.account.id };
  const event = eventOf(served, { ...session, identity, username: '', accessKeyId: '' }, true);
  call.world.trail.record({ ...event, account: target, at });
}

function callerOf({ call, userAgent, sourceIp }: Served, at: number): Whoever {
  const { caller } = call;
  const { role } = caller;
  const rest = { userAgent, sourceIp, console: false, opening: [] };
  const since = Math.min(at, role?.since ?? at);
  const identity = role
    ? assumedRole({
        role: { account: caller.account.id, name: role.name },
        session: role.session,
        accessKeyId: caller.accessKeyId,
        since,
      })
    : iamUser(caller.account.id, 'elava', caller.accessKeyId);
  const chain = role ? [...role.chain, `arn:aws:iam::${caller.account.id}:role/${role.name}`] : [caller.arn];
  const session = { ...rest, identity, username: role?.session ?? 'elava', accessKeyId: caller.accessKeyId };
  return { actor: 'elava', kind: 'automation', aliases: [caller.arn, ...chain], chain, via: 'sdk', session };
}
