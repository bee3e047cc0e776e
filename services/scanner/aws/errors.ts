/**
 * What AWS, the network or the SDK says went wrong, as a code of ours. Names, codes and statuses decide; messages are for
 * people, but for one thing that AWS says nowhere else. Sources: "Common errors" of the API references of the services in services.ts.
 */
import { codeOf, type ElavaError, type ErrorCode, elavaError, errorTable } from '../../../lib/errors.ts';
import { maskText } from '../../../lib/mask.ts';

export type Fault = { readonly code: ErrorCode; readonly retry: Retry };
/** `slow`: after a pause, at a lower rate; `soon`: it may have been bad luck; `no`: it would fail again. */
export type Retry = 'slow' | 'soon' | 'no';

const fault = (code: ErrorCode, retry: Retry, names: string): readonly (readonly [string, Fault])[] =>
  names.split(/\s+/).map((name) => [name, { code, retry }] as const);

const byName = new Map<string, Fault>([
  ...fault(
    'AWS_THROTTLED',
    'slow',
    `Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException RequestLimitExceeded
     TooManyRequestsException TooManyRequests SlowDown BandwidthLimitExceeded LimitExceededException
     ProvisionedThroughputExceededException EC2ThrottledException PriorRequestNotComplete`,
  ),
  ...fault(
    'AWS_ACCESS_DENIED',
    'no',
    `AccessDenied AccessDeniedException UnauthorizedOperation Client.UnauthorizedOperation AuthorizationError
     AuthorizationErrorException AuthorizationException NotAuthorized UnauthorizedException AllAccessDisabled
     ForbiddenException Forbidden KMSAccessDeniedException`,
  ),
  ...fault('AWS_ACCOUNT_SUSPENDED', 'no', 'AccountProblem Blocked AccountSuspended'),
  ...fault(
    'AWS_CREDENTIALS_INVALID',
    'no',
    `InvalidClientTokenId UnrecognizedClientException UnrecognizedClient AuthFailure InvalidAccessKeyId SignatureDoesNotMatch
     InvalidSignatureException InvalidToken IncompleteSignature IncompleteSignatureException MissingAuthenticationToken
     MissingAuthenticationTokenException InvalidSecurity InvalidSecurityToken NotSignedUp`,
  ),
  ...fault(
    'AWS_CREDENTIALS_EXPIRED',
    'no',
    'ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired ExpiredTokenIdentity',
  ),
  ...fault('AWS_CREDENTIALS_MISSING', 'no', 'CredentialsProviderError TokenProviderError ProviderError'),
  ...fault(
    'AWS_REGION_DISABLED',
    'no',
    'OptInRequired RegionDisabledException InvalidRegionException AuthorizationHeaderMalformed',
  ),
  ...fault('AWS_TIMEOUT', 'soon', 'TimeoutError RequestTimeout RequestTimeoutException'),
  ...fault(
    'AWS_SERVICE_ERROR',
    'soon',
    `InternalError InternalFailure InternalServerError InternalServiceError ServiceUnavailable ServiceUnavailableException
     Unavailable ServerException ServiceException InternalServiceException ServiceFailure ServiceFailureException
     KMSInternalException DependencyTimeoutException HandlerInternalFailureException ServiceInternalErrorException
     NetworkFailureException`,
  ),
  // What the SDK throws when it cannot read an answer: HTML from a proxy, or from a server that is not AWS.
  ...fault('AWS_RESPONSE_INVALID', 'no', 'SyntaxError'),
]);

/** Node's codes for a connection that could not be made, or broke. */
const bySystemCode = new Map<string, Fault>([
  ...fault('AWS_UNREACHABLE', 'soon', 'ECONNRESET EPIPE EAI_AGAIN ECONNABORTED UND_ERR_SOCKET'),
  ...fault('AWS_UNREACHABLE', 'no', 'ECONNREFUSED ENOTFOUND EHOSTUNREACH ENETUNREACH EADDRNOTAVAIL EINVAL EPROTO'),
  ...fault('AWS_TIMEOUT', 'soon', 'ETIMEDOUT ESOCKETTIMEDOUT'),
  ...fault(
    'AWS_UNREACHABLE',
    'no',
    `CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE
     UNABLE_TO_GET_ISSUER_CERT_LOCALLY ERR_TLS_CERT_ALTNAME_INVALID ERR_SSL_WRONG_VERSION_NUMBER`,
  ),
]);

/** What is read of anything that the SDK throws. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly clockSkewCorrected?: boolean;
  };
  readonly $retryable?: { readonly throttling?: boolean };
  readonly cause?: unknown;
}

/** What AWS calls it, kept so that a type can tell "not configured" from a failure. */
export interface AwsErrorData {
  readonly aws: string;
  readonly api: string;
}

/** What went wrong, and whether and how the call should be tried again. */
export function faultOf(error: unknown): Fault {
  if (isOurs(error)) return { code: codeOf(error), retry: 'no' };
  const thrown = error as Thrown;
  // The SDK has set its clock by the answer's.
  if (thrown.$metadata?.clockSkewCorrected) return { code: 'AWS_CREDENTIALS_INVALID', retry: 'soon' };
  if (thrown.$retryable?.throttling) return { code: 'AWS_THROTTLED', retry: 'slow' };
  return refused(thrown, named(thrown));
}

/** It names a reset connection TimeoutError; the system's code says what it was. */
function named(thrown: Thrown): Fault {
  return bySystemCode.get(systemCodeOf(thrown)) ?? byName.get(thrown.name ?? '') ?? byStatus(thrown);
}

const forbidden: Fault = { code: 'AWS_SCP_DENIED', retry: 'no' };

/**
 * Who refused stands in the message alone: "with an explicit deny in a service control policy", or "because no service
 * control policy allows the … action" (IAM user guide, "Troubleshoot access denied error messages").
 */
function refused({ message = '' }: Thrown, fault: Fault): Fault {
  const byOrganization = /\b(service|resource) control policy\b/.test(message);
  return fault.code === 'AWS_ACCESS_DENIED' && byOrganization ? forbidden : fault;
}

/** The error to throw for a failed call of `api` (`ec2:DescribeInstances`). Errors of ours pass unchanged. */
export function awsError(error: unknown, api: string): ElavaError {
  if (isOurs(error)) return error;
  const thrown = error as Thrown;
  const { code } = faultOf(thrown);
  const said = maskText(String(thrown.message ?? error)).slice(0, 500);
  const data: AwsErrorData = { aws: thrown.name ?? 'Error', api };
  return elavaError(code, `${api}: ${said === '' ? data.aws : said}`, { data, cause: error });
}

/** AWS's own name of an error that `awsError` made: `NoSuchTagSet`. */
export function awsNameOf(error: unknown): string {
  return (error as { data?: Partial<AwsErrorData> } | null)?.data?.aws ?? '';
}

/** Every failed call is an error of ours; anything else that a type's file throws is a mistake in it. */
export function isOurs(error: unknown): error is ElavaError {
  const type = (error as { type?: unknown } | undefined)?.type;
  return typeof type === 'string' && type in errorTable;
}

/** Of the error or of what caused it: the SDK wraps failures of the socket while a body is read. */
function systemCodeOf({ code, cause }: Thrown): string {
  if (typeof code === 'string') return code;
  return typeof cause === 'object' && cause !== null ? systemCodeOf(cause) : '';
}

/** Every answer of AWS has a request id; one without it came from something in between, or from somewhere else. */
function byStatus({ $metadata = {} }: Thrown): Fault {
  const { httpStatusCode: status, requestId } = $metadata;
  if (status === undefined) return { code: 'AWS_RESPONSE_INVALID', retry: 'no' };
  if (requestId === undefined || status < 300)
    return { code: 'AWS_RESPONSE_INVALID', retry: status >= 500 ? 'soon' : 'no' };
  if (status === 429) return { code: 'AWS_THROTTLED', retry: 'slow' };
  if (status === 401 || status === 403) return { code: 'AWS_ACCESS_DENIED', retry: 'no' };
  return { code: 'AWS_SERVICE_ERROR', retry: status >= 500 ? 'soon' : 'no' };
}
