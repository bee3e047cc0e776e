/**
 * CloudWatch log groups. An account may have hundreds of thousands, whose tags would be a call each: the Tagging API gives
 * those of a hundred with one.
 */
import Type from 'typebox';
import { type Answer, type AwsContext, allPages, awsType, listed, readDetail } from '../context.ts';
import { metadataOf, present, refList, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'logs', 'DescribeLogGroups'>['logGroups']>[number];
type Tags = Readonly<Record<string, string>>;
interface Group {
  readonly arn: string;
  readonly group: Listed;
  readonly tags?: Tags | undefined;
}

const never = Number.POSITIVE_INFINITY;

export const logGroup = awsType<Group>({
  type: 'log_group',
  title: 'CloudWatch log group',
  arns: 'logs:log-group',
  service: 'logs',
  global: false,
  actions: ['logs:DescribeLogGroups', 'tag:GetResources'],
  // Grows with every line.
  volatile: { stored_bytes: never, storedBytes: never },
  fields: Type.Object({
    retention_days: Type.Integer({ description: '0 keeps for ever.' }),
    stored_bytes: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    log_class: Type.Optional(Type.String()),
    encrypted: Type.Boolean({ description: 'CloudWatch encrypts every log group.' }),
    kms_key_id: Type.Optional(Type.String({ description: "ARN of the account's key; absent with CloudWatch's own." })),
    deletion_protection: Type.Boolean(),
  }),

  async list(aws, token) {
    const page = await aws.call('logs', 'DescribeLogGroups', { limit: 50, ...(token ? { nextToken: token } : {}) });
    const groups = listed(page.logGroups, 'logs:DescribeLogGroups');
    return { items: groups.map((group) => ({ arn: arnOf(group, aws), group })), next: page.nextToken };
  },

  async detail(aws, found) {
    const { value, gaps } = await readDetail({
      fields: ['tags'],
      call: () => aws.once('tags', () => tagsOfAll(aws)),
    });
    return { item: { ...found, tags: value?.get(found.arn) }, gaps };
  },

  map({ arn, group, tags = {} }) {
    const key = group.kmsKeyId;
    return {
      id: arn,
      name: group.logGroupName ?? '',
      status: '',
      tags,
      created_at: group.creationTime === undefined ? '' : new Date(group.creationTime).toISOString(),
      refs: refList(key),
      fields: present({
        retention_days: group.retentionInDays ?? 0,
        stored_bytes: group.storedBytes,
        log_class: group.logGroupClass,
        encrypted: true,
        kms_key_id: key,
        deletion_protection: group.deletionProtectionEnabled ?? false,
      }),
      metadata: metadataOf(group, [], {}),
    };
  },
});

/** The API gives it with and without ":*" at its end, which stands for its streams. */
function arnOf({ logGroupArn, arn, logGroupName }: Listed, aws: AwsContext): string {
  return logGroupArn ?? arn?.replace(/:\*$/, '') ?? aws.arn('logs', `log-group:${logGroupName}`);
}

/** Into the map page by page: a list of them all beside it would double what 300,000 groups take. */
async function tagsOfAll(aws: AwsContext): Promise<Map<string, Tags>> {
  const tags = new Map<string, Tags>();
  await allPages(async (token) => {
    const page = await aws.call('tagging', 'GetResources', {
      ResourceTypeFilters: ['logs'],
      ResourcesPerPage: 100,
      ...(token ? { PaginationToken: token } : {}),
    });
    for (const { ResourceARN = '', Tags } of listed(page.ResourceTagMappingList, 'tag:GetResources'))
      tags.set(ResourceARN.replace(/:\*$/, ''), tagMap(Tags));
    return [[], page.PaginationToken];
  });
  return tags;
}
