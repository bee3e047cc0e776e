/** What a failed call of an action means: above all whether it may have been carried out all the same. */
import { type ElavaError, type ErrorCode, elavaError } from '../../../lib/errors.ts';
import { maskText } from '../../../lib/mask.ts';

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Whether AWS is known not to have done it. Only then may nothing be looked up. */
export interface CallFault {
  readonly aws: string;
  readonly refused: boolean;
}

/** The request never left. */
const notSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
const credentials =
  /^(CredentialsProviderError|TokenProviderError|InvalidClientTokenId|UnrecognizedClient|AuthFailure|InvalidAccessKeyId|SignatureDoesNotMatch)/;

/** The error to throw; `data.refused` says whether the call is known to have had no effect. */
export function callError(error: unknown, api: string): ElavaError {
  const thrown = error as Thrown;
  const data: CallFault = { aws: thrown.name ?? 'Error', refused: isRefused(thrown) };
  const said = maskText(thrown.message ?? '').slice(0, 500);
  return elavaError(codeFor(thrown), `${api}: ${data.aws}: ${said}`, { data, cause: error });
}

/** AWS answers 4xx before it does anything; an answer without a request id came from something in between. */
function isRefused({ name = '', code, $metadata = {} }: Thrown): boolean {
  const { httpStatusCode: status = 0, requestId } = $metadata;
  const answered = status >= 400 && status < 500 && status !== 408 && requestId !== undefined;
  return answered || notSent.has(code) || credentials.test(name);
}

function codeFor({ name = '', code, $metadata }: Thrown): ErrorCode {
  const status = $metadata?.httpStatusCode ?? 0;
  if (credentials.test(name)) return 'AWS_CREDENTIALS_INVALID';
  if (/^(AccessDenied|UnauthorizedOperation|AuthorizationError|Forbidden)/.test(name)) return 'AWS_ACCESS_DENIED';
  if (/Throttl|LimitExceeded|SlowDown|TooManyRequests/.test(name)) return 'AWS_THROTTLED';
  if (typeof code === 'string') return 'AWS_UNREACHABLE';
  if (/Timeout|AbortError/.test(name)) return 'AWS_TIMEOUT';
  return status === 0 ? 'AWS_UNREACHABLE' : 'AWS_SERVICE_ERROR';
}

export function faultOf(error: unknown): CallFault | undefined {
  const data = (error as { data?: Partial<CallFault> } | null)?.data;
  return typeof data?.refused === 'boolean' ? (data as CallFault) : undefined;
}

/** AWS's word for "there is no such thing". */
export function isMissing(error: unknown): boolean {
  return /NotFound|NoSuch/.test(faultOf(error)?.aws ?? '');
}

/** For services that say in an answer what they refused. */
export function refusal(message: string): ElavaError {
  return elavaError('AWS_SERVICE_ERROR', message, { data: { aws: 'Refused', refused: true } satisfies CallFault });
}
