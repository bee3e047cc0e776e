/** From a decoded request to its answer: who calls, what stands in the way, what the handler says. */
import { type CredentialScope, credentialScope, type HttpRequest, type RequestDecoder } from '../wire/request.ts';
import { encodeError, encodeResponse, type HttpResponse } from '../wire/response.ts';
import type { Operation, Service } from '../wire/service.ts';
import type { World } from '../world/world.ts';
import { handlerOf } from './api/index.ts';
import { ApiError, type Call, type Caller } from './call.ts';
import { type CommonFault, commonError } from './errors.ts';
import type { FaultRule, Faults } from './faults.ts';
import { authenticate } from './identity.ts';
import { isMutating, type Ledger } from './ledger.ts';
import { awsRate, type Limits } from './limits.ts';
import { logServed } from './served.ts';

export interface Simulation {
  readonly world: World;
  readonly decoder: RequestDecoder;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly limits: Limits | undefined;
}
/** An answer, and what is to go wrong on its way to the caller. */
export interface Answer {
  readonly response: HttpResponse;
  readonly delayMs: number;
  readonly broken?: 'reset' | 'truncate';
}
interface Signed {
  readonly service: Service;
  readonly scope: CredentialScope;
  readonly caller: Caller;
}

const plain = (response: HttpResponse): Answer => ({ response, delayMs: 0 });

/** Answers any request; what no handler and no protocol knows comes back as the service's own error. */
export async function answer(simulation: Simulation, request: HttpRequest, requestId: string): Promise<Answer> {
  const service = simulation.decoder.serviceOf(request);
  if (!service) return plain({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'no such service\n' });
  try {
    const signed = signedBy(simulation, service, request);
    return await answerSigned(simulation, signed, request, requestId);
  } catch (error) {
    return plain(encodeError(service, asApiError(service, error), requestId));
  }
}

/** Throws the service's error for a request without credentials, or with some that it does not accept. */
function signedBy({ world }: Simulation, service: Service, request: HttpRequest): Signed {
  const scope = credentialScope(request.headers);
  if (!scope) throw commonError(service, 'unsigned');
  const token = request.headers['x-amz-security-token'];
  const found = authenticate(world, scope.accessKeyId, typeof token === 'string' ? token : undefined, Date.now());
  if ('fault' in found) throw commonError(service, found.fault);
  return { service, scope, caller: found.caller };
}

async function answerSigned(
  simulation: Simulation,
  signed: Signed,
  request: HttpRequest,
  requestId: string,
): Promise<Answer> {
  const { service, scope, caller } = signed;
  const decoded = await simulation.decoder.decode(service, request);
  if (!decoded) throw commonError(service, 'unknownAction');
  const { operation, input } = decoded;
  const action = `${service.signingName}:${operation.name}`;
  const { region } = scope;
  const continued = [
    'NextToken',
    'nextToken',
    'Marker',
    'PaginationToken',
    'ContinuationToken',
    'ExclusiveStartTableName',
  ].some((name) => input[name] !== undefined);
  const struck = simulation.faults.strike({ account: caller.account.id, region, action, continued });
  const call: Call = {
    world: simulation.world,
    caller,
    region,
    action,
    input,
    requestId,
    steps: [],
    lists: listsOf(struck),
    regionEnabled: (name) => !simulation.faults.regionOff(caller.account.id, name),
  };
  const delayMs = struck.reduce((sum, { delayMs: wait = 0 }) => sum + wait, 0);
  const broken = brokenBy(struck);
  const html = struck.some(({ kind }) => kind === 'html');
  const { headers } = request;
  const response = html ? notAws : await respond(simulation, { service, operation, call, struck, headers });
  return { response, delayMs, ...(broken ? { broken } : {}) };
}

interface Served {
  readonly service: Service;
  readonly operation: Operation;
  readonly call: Call;
  readonly struck: readonly FaultRule[];
  readonly headers: HttpRequest['headers'];
}

async function respond(simulation: Simulation, served: Served): Promise<HttpResponse> {
  const { service, operation, call, struck } = served;
  let error: ApiError | undefined;
  let output: object | undefined;
  let response: HttpResponse;
  try {
    refuse(simulation, service, operation, { call, struck });
    const handler = handlerOf(service, operation.name);
    if (!handler) throw commonError(service, 'unknownAction', `The simulator does not serve ${call.action}.`);
    output = await handler(call as never);
    response = encodeResponse(service, operation, output, call.requestId);
  } catch (thrown) {
    error = asApiError(service, thrown);
    const encoded = encodeError(service, error, call.requestId);
    response = { ...encoded, headers: { ...encoded.headers, ...error.headers } };
  }
  record(simulation, operation, call, error);
  const userAgent = served.headers['user-agent'] ?? '';
  logServed({ operation: operation.name, call, output, error, userAgent, sourceIp: '203.0.113.77' });
  return response;
}

function record({ ledger, world }: Simulation, operation: Operation, call: Call, error: ApiError | undefined): void {
  const { action, region, caller, input } = call;
  ledger.count(action, caller.account.id, region, error !== undefined);
  if (!isMutating(operation.name)) return;
  const at = new Date(world.now()).toISOString();
  ledger.mutation({
    action,
    account: caller.account.id,
    region,
    caller: caller.arn,
    at,
    input,
    error: error?.code ?? '',
  });
}

/** Throws what a fault or a limit makes of the call. */
function refuse(
  { limits }: Simulation,
  service: Service,
  operation: Operation,
  of: { call: Call; struck: readonly FaultRule[] },
): void {
  const { call, struck } = of;
  for (const { kind } of struck) {
    const fault = commonFault(service, kind);
    if (fault) throw commonError(service, fault, messageFor(kind, call));
  }
  const rate = limits && awsRate(service.signingName, operation, call.input);
  if (rate && !limits.take(`${call.caller.account.id} ${call.region} ${call.action}`, rate, performance.now())) {
    throw commonError(service, 'throttled');
  }
}

function commonFault(service: Service, kind: FaultRule['kind']): CommonFault | undefined {
  if (kind === 'deny' || kind === 'scp') return 'denied';
  if (kind === 'throttle') return 'throttled';
  if (kind === 'error' || kind === 'page') return 'internal';
  if (kind === 'expired') return 'expired';
  // Global services answer from one region, whichever regions the account has enabled.
  const global = ['iam', 'sts', 'organizations', 'route53', 'account'].includes(service.signingName);
  return kind === 'region_off' && !global ? 'unknownKey' : undefined;
}

/** Refusals name the call and, for a service control policy, say so: tools tell them apart by it. */
function messageFor(kind: FaultRule['kind'], { caller, action }: Call): string | undefined {
  const subject = `User: ${caller.arn} is not authorized to perform: ${action}`;
  if (kind === 'deny') return `${subject} because no identity-based policy allows the ${action} action`;
  if (kind === 'scp') return `${subject} with an explicit deny in a service control policy`;
  return undefined;
}

function listsOf(struck: readonly FaultRule[]): Call['lists'] {
  if (struck.some(({ kind }) => kind === 'vanish')) return 'nothing';
  return struck.some(({ kind }) => kind === 'empty_page') ? 'empty page first' : 'all';
}

function brokenBy(struck: readonly FaultRule[]): Answer['broken'] {
  if (struck.some(({ kind }) => kind === 'reset')) return 'reset';
  return struck.some(({ kind }) => kind === 'truncate') ? 'truncate' : undefined;
}

/** What a proxy in between says. */
const notAws: HttpResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway<br></body></html>\n',
};

/** A failure of the simulator itself shows as the service's internal error, with its own message for whoever debugs it. */
function asApiError(service: Service, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return commonError(service, 'internal', `simulator: ${error instanceof Error ? error.message : String(error)}`);
}
