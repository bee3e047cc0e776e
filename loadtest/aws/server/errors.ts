/** The codes that each service uses for what can go wrong with any call. Sources: the "Common errors" page of each API. */
import type { Service } from '../wire/service.ts';
import { ApiError } from './call.ts';

export type CommonFault = 'denied' | 'throttled' | 'unknownKey' | 'unsigned' | 'expired' | 'internal' | 'unknownAction';
type Codes = Readonly<Record<CommonFault, readonly [code: string, status: number]>>;

const ec2: Codes = {
  denied: ['UnauthorizedOperation', 403],
  throttled: ['RequestLimitExceeded', 503],
  unknownKey: ['AuthFailure', 401],
  unsigned: ['MissingAuthenticationToken', 403],
  expired: ['RequestExpired', 400],
  internal: ['InternalError', 500],
  unknownAction: ['InvalidAction', 400],
};
const query: Codes = {
  denied: ['AccessDenied', 403],
  throttled: ['Throttling', 400],
  unknownKey: ['InvalidClientTokenId', 403],
  unsigned: ['MissingAuthenticationToken', 403],
  expired: ['ExpiredToken', 403],
  internal: ['InternalFailure', 500],
  unknownAction: ['InvalidAction', 400],
};
const json: Codes = {
  denied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 400],
  unknownKey: ['UnrecognizedClientException', 400],
  unsigned: ['MissingAuthenticationTokenException', 400],
  expired: ['ExpiredTokenException', 400],
  internal: ['InternalServerError', 500],
  unknownAction: ['UnknownOperationException', 400],
};
const rest: Codes = {
  denied: ['AccessDeniedException', 403],
  throttled: ['TooManyRequestsException', 429],
  unknownKey: ['UnrecognizedClientException', 403],
  unsigned: ['MissingAuthenticationTokenException', 403],
  expired: ['ExpiredTokenException', 403],
  internal: ['ServiceException', 500],
  unknownAction: ['UnknownOperationException', 404],
};
const s3: Codes = {
  denied: ['AccessDenied', 403],
  throttled: ['SlowDown', 503],
  unknownKey: ['InvalidAccessKeyId', 403],
  unsigned: ['AccessDenied', 403],
  expired: ['ExpiredToken', 400],
  internal: ['InternalError', 500],
  unknownAction: ['NotImplemented', 501],
};
const organizations: Codes = { ...json, throttled: ['TooManyRequestsException', 400] };
/** Services that differ from what their protocol's others say. */
const byService: Readonly<Record<string, Codes>> = { organizations, route53: query };
const byProtocol = { ec2Query: ec2, awsQuery: query, awsJson1_0: json, awsJson1_1: json, restJson1: rest, restXml: s3 };

const texts: Readonly<Record<CommonFault, string>> = {
  denied: 'You are not authorized to perform this operation.',
  throttled: 'Rate exceeded',
  unknownKey: 'The security token included in the request is invalid.',
  unsigned: 'Missing Authentication Token',
  expired: 'The security token included in the request is expired',
  internal: 'An internal error has occurred',
  unknownAction: 'The action is not valid for this web service.',
};

/** The error that this service answers; `message` where it says more than the common one. */
export function commonError(service: Service, fault: CommonFault, message = texts[fault]): ApiError {
  const codes = byService[service.signingName] ?? byProtocol[service.protocol];
  const [code, status] = codes[fault];
  return new ApiError(code, message, status);
}
