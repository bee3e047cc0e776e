/** SQS queues. The list has addresses only; attributes and tags are a call each. */
import Type from 'typebox';
import { everything } from '../../resource-type.ts';
import { type Answer, awsType, isGone, readDetail } from '../context.ts';
import { isPublicPolicy } from '../public-policy.ts';
import { metadataOf, policyDocument, present, refList } from './common.ts';

type Attributes = NonNullable<Answer<'sqs', 'GetQueueAttributes'>['Attributes']>;
interface Queue {
  readonly url: string;
  readonly attributes?: Attributes | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

const never = Number.POSITIVE_INFINITY;
const gone = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

export const sqs = awsType<Queue>({
  type: 'sqs',
  title: 'SQS queue',
  arns: 'sqs',
  service: 'sqs',
  global: false,
  actions: ['sqs:ListQueues', 'sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
  // How full it is, which moves all the time.
  volatile: {
    messages: never,
    ApproximateNumberOfMessages: never,
    ApproximateNumberOfMessagesNotVisible: never,
    ApproximateNumberOfMessagesDelayed: never,
  },
  fields: Type.Object({
    url: Type.Optional(Type.String()),
    fifo: Type.Optional(Type.Boolean()),
    public: Type.Optional(Type.Boolean({ description: 'Its policy lets everybody in.' })),
    policy: Type.Optional(Type.Unknown({ description: 'The policy document.' })),
    encrypted: Type.Optional(Type.Boolean()),
    encryption: Type.Optional(Type.String({ description: 'sqs with SQS\'s own key, kms, or "".' })),
    kms_key_id: Type.Optional(Type.String()),
    visibility_timeout_seconds: Type.Optional(Type.Integer()),
    retention_seconds: Type.Optional(Type.Integer()),
    delay_seconds: Type.Optional(Type.Integer()),
    receive_wait_seconds: Type.Optional(Type.Integer()),
    max_message_bytes: Type.Optional(Type.Integer()),
    dead_letter_queue: Type.Optional(Type.String({ description: 'ARN.' })),
    max_receives: Type.Optional(Type.Integer({ description: 'Before a message goes to the dead letter queue.' })),
    messages: Type.Optional(Type.Integer({ description: 'About how many wait.' })),
    last_modified: Type.Optional(Type.String()),
  }),

  async list(aws, token) {
    const page = await aws.call('sqs', 'ListQueues', { MaxResults: 1000, ...(token ? { NextToken: token } : {}) });
    // Where there are none, SQS leaves the list out.
    return { items: (page.QueueUrls ?? []).map((url) => ({ url })), next: page.NextToken };
  },

  async detail(aws, { url: QueueUrl }) {
    const [attributes, tags] = await Promise.all([
      readDetail({
        fields: [everything],
        call: async () => {
          const answer = await aws.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
          return answer.Attributes ?? {};
        },
      }),
      readDetail({
        fields: ['tags'],
        call: async () => (await aws.call('sqs', 'ListQueueTags', { QueueUrl })).Tags ?? {},
      }),
    ]);
    const gaps = [...attributes.gaps, ...tags.gaps];
    if (isGone(gaps, ...gone)) return undefined;
    return { item: { url: QueueUrl, attributes: attributes.value, tags: tags.value }, gaps };
  },

  map({ url, attributes = {}, tags = {} }, aws) {
    const name = url.split('/').pop() ?? '';
    const fields = fieldsOf(attributes);
    const key = fields.kms_key_id;
    return {
      id: attributes.QueueArn ?? aws.arn('sqs', name),
      name,
      status: '',
      tags,
      created_at: instantOf(attributes.CreatedTimestamp) ?? '',
      refs: refList(key?.startsWith('arn:') && key, fields.dead_letter_queue),
      fields: present({ url, ...fields }),
      metadata: metadataOf({ ...attributes }, ['Policy'], {}),
    };
  },
});

function fieldsOf(attributes: Attributes) {
  const policy = policyDocument(attributes.Policy);
  const redrive = policyDocument(attributes.RedrivePolicy) as
    | { deadLetterTargetArn?: string; maxReceiveCount?: number | string }
    | undefined;
  return {
    fifo: attributes.FifoQueue === 'true',
    public: isPublicPolicy(policy),
    policy,
    ...encryptionOf(attributes),
    visibility_timeout_seconds: numberOf(attributes.VisibilityTimeout),
    retention_seconds: numberOf(attributes.MessageRetentionPeriod),
    delay_seconds: numberOf(attributes.DelaySeconds),
    receive_wait_seconds: numberOf(attributes.ReceiveMessageWaitTimeSeconds),
    max_message_bytes: numberOf(attributes.MaximumMessageSize),
    dead_letter_queue: redrive?.deadLetterTargetArn,
    max_receives: numberOf(redrive?.maxReceiveCount),
    messages: numberOf(attributes.ApproximateNumberOfMessages),
    last_modified: instantOf(attributes.LastModifiedTimestamp),
  };
}

function encryptionOf({ KmsMasterKeyId: key, SqsManagedSseEnabled: managed }: Attributes) {
  const encryption = key ? 'kms' : managed === 'true' ? 'sqs' : '';
  return { encrypted: encryption !== '', encryption, kms_key_id: key || undefined };
}

/** Attributes are texts. */
function numberOf(text: string | number | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}

function instantOf(seconds: string | undefined): string | undefined {
  const value = numberOf(seconds);
  return value === undefined ? undefined : new Date(value * 1000).toISOString();
}
