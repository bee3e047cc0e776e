/** One CloudTrail event: small while it is held, written out when it is asked for. */
import { uuidOf } from './identity.ts';
import { type Opening, type Session, second } from './session.ts';

export interface TrailResource {
  /** CloudFormation's name of the type: `AWS::EC2::Instance`. */
  readonly type: string;
  /** As LookupEvents names it: an id or a name. */
  readonly name: string;
  /** Given where CloudTrail fills `resources` of the event itself. */
  readonly arn?: string;
}
export interface TrailEvent {
  readonly id: string;
  /** In the order of recording: tells events of one instant apart. */
  readonly seq: number;
  /** Milliseconds; CloudTrail tells seconds. */
  readonly at: number;
  /** When LookupEvents begins to give it; never when Infinity. */
  readonly availableAt: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly source: string;
  readonly readOnly: boolean;
  readonly by: Omit<Session, 'opening'>;
  readonly request: object | null;
  readonly response: object | null;
  readonly resources: readonly TrailResource[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly shared?: string;
  readonly requestId?: string;
}

/** What is known before the trail takes an event. */
export type NewEvent = Omit<TrailEvent, 'id' | 'seq' | 'availableAt'>;

/** The event's JSON document (CloudTrail User Guide, "CloudTrail record contents"). */
export function recordOf(event: TrailEvent): Record<string, unknown> {
  const { by, error, resources } = event;
  const named = resources.filter(({ arn }) => arn !== undefined);
  const ec2 = event.source === 'ec2.amazonaws.com' && event.response;
  const requestID = event.requestId ?? uuidOf(`${event.id}/request`);
  return {
    eventVersion: '1.11',
    userIdentity: by.identity,
    eventTime: second(event.at),
    eventSource: event.source,
    eventName: event.name,
    awsRegion: event.region,
    sourceIPAddress: by.sourceIp,
    userAgent: by.userAgent,
    ...(error ? { errorCode: error.code, errorMessage: error.message } : {}),
    requestParameters: event.request,
    // EC2 repeats the request's id in its answer.
    responseElements: ec2 ? { requestId: requestID, ...event.response } : event.response,
    requestID,
    eventID: event.id,
    readOnly: event.readOnly,
    ...(named.length > 0
      ? { resources: named.map(({ type, arn }) => ({ accountId: event.account, type, ARN: arn })) }
      : {}),
    eventType: event.name === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: event.account,
    ...(event.shared ? { sharedEventID: event.shared } : {}),
    eventCategory: 'Management',
    ...(by.console ? { sessionCredentialFromConsole: 'true' } : { tlsDetails }),
  };
}

const tlsDetails = {
  tlsVersion: 'TLSv1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  clientProvidedHostHeader: 'amazonaws.com',
};

/** What an opening gives an event. */
export function openingEvent(opening: Opening): NewEvent {
  const { resources = [], ...event } = opening;
  return { ...event, resources: resources.map(({ type, name }) => ({ type, name, arn: name })) };
}
