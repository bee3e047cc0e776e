/** KMS keys. The list has ids only; a key, its rotation and its tags are a call each, the aliases of all come together. */
import Type from 'typebox';
import { elavaError } from '../../../../lib/errors.ts';
import { everything } from '../../resource-type.ts';
import { type Answer, type AwsContext, allPages, awsType, isGone, listed, readDetail } from '../context.ts';
import { metadataOf, present, providerOwned, refList } from './common.ts';

type Metadata = NonNullable<Answer<'kms', 'DescribeKey'>['KeyMetadata']>;
interface Key {
  readonly id: string;
  readonly arn: string;
  readonly described?: Metadata | undefined;
  readonly rotation?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export const kms = awsType<Key>({
  type: 'kms',
  title: 'KMS key',
  arns: 'kms:key',
  service: 'kms',
  global: false,
  actions: ['kms:ListKeys', 'kms:ListAliases', 'kms:DescribeKey', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
  fields: Type.Object({
    description: Type.Optional(Type.String()),
    enabled: Type.Optional(Type.Boolean()),
    manager: Type.Optional(
      Type.String({ description: 'CUSTOMER, or AWS for the key that a service uses by default.' }),
    ),
    rotation: Type.Optional(Type.Boolean({ description: 'Renewed by itself; absent where that cannot be asked.' })),
    key_usage: Type.Optional(Type.String()),
    key_spec: Type.Optional(Type.String()),
    origin: Type.Optional(Type.String()),
    multi_region: Type.Optional(Type.Boolean()),
    deletion_at: Type.Optional(Type.String({ description: 'When it will be deleted, if it was scheduled for that.' })),
    aliases: Type.Optional(Type.Array(Type.String())),
    provider_owned: Type.Optional(providerOwned),
  }),

  async list(aws, token) {
    const page = await aws.call('kms', 'ListKeys', { Limit: 1000, ...(token ? { Marker: token } : {}) });
    const keys = listed(page.Keys, 'kms:ListKeys');
    return {
      items: keys.map(({ KeyId = '', KeyArn }) => ({ id: KeyId, arn: KeyArn ?? aws.arn('kms', `key/${KeyId}`) })),
      next: page.Truncated ? page.NextMarker : undefined,
    };
  },

  async detail(aws, key) {
    const described = await readDetail({ fields: [everything], call: () => describe(aws, key.id) });
    if (isGone(described.gaps, 'NotFoundException')) return undefined;
    const aliases = await readDetail({
      fields: ['name', 'aliases'],
      call: () => aws.once('aliases', () => aliasesOf(aws)),
    });
    const { rotation, tags } = await ownSettings(aws, key.id, described.value);
    const item: Key = {
      ...key,
      described: described.value,
      rotation: rotation.value,
      aliases: aliases.value && (aliases.value.get(key.id) ?? []),
      tags: tags.value,
    };
    return { item, gaps: [described, aliases, rotation, tags].flatMap(({ gaps }) => gaps) };
  },

  map({ id, arn, described = {}, rotation, aliases, tags }) {
    return {
      id: described.Arn ?? arn,
      name: aliases?.[0] ?? id,
      status: described.KeyState ?? '',
      tags: tags ?? {},
      created_at: described.CreationDate ?? '',
      refs: refList(described.MultiRegionConfiguration?.PrimaryKey?.Arn),
      fields: present({ ...fieldsOf(described), rotation, aliases }),
      metadata: metadataOf({ ...described }, [], {}),
    };
  },
});

function fieldsOf(key: Metadata | Partial<Metadata>) {
  return {
    description: key.Description,
    enabled: key.Enabled,
    manager: key.KeyManager,
    key_usage: key.KeyUsage,
    key_spec: key.KeySpec,
    origin: key.Origin,
    multi_region: key.MultiRegion,
    deletion_at: key.DeletionDate,
    provider_owned: key.KeyManager === undefined ? undefined : key.KeyManager === 'AWS',
  };
}

async function describe(aws: AwsContext, KeyId: string): Promise<Metadata> {
  const { KeyMetadata } = await aws.call('kms', 'DescribeKey', { KeyId });
  if (!KeyMetadata) throw elavaError('AWS_RESPONSE_INVALID', 'kms:DescribeKey: the answer has no key in it');
  return KeyMetadata;
}

const renewed = { value: true, gaps: [] };
const none = { value: undefined, gaps: [] };

/** AWS's own keys cannot be tagged, and are renewed every year: nothing to ask. */
async function ownSettings(aws: AwsContext, KeyId: string, described: Metadata | undefined) {
  if (described === undefined) return { rotation: none, tags: none };
  if (described.KeyManager === 'AWS') return { rotation: renewed, tags: none };
  const [rotation, tags] = await Promise.all([
    readDetail({
      fields: ['rotation'],
      // Keys that wait for their end, that have two halves, or whose material is kept elsewhere.
      absent: ['KMSInvalidStateException', 'UnsupportedOperationException'],
      call: async () => (await aws.call('kms', 'GetKeyRotationStatus', { KeyId })).KeyRotationEnabled ?? false,
    }),
    readDetail({ fields: ['tags'], call: () => tagsOf(aws, KeyId) }),
  ]);
  return { rotation, tags };
}

/** Fifty a page, which is as many as a key can have. */
async function tagsOf(aws: AwsContext, KeyId: string): Promise<Record<string, string>> {
  const tags = await allPages(async (Marker) => {
    const page = await aws.call('kms', 'ListResourceTags', { KeyId, Limit: 50, ...(Marker ? { Marker } : {}) });
    return [page.Tags ?? [], page.Truncated ? page.NextMarker : undefined];
  });
  return Object.fromEntries(tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
}

/** By the key's id, sorted. An alias of AWS has no key until a service first needs it. */
async function aliasesOf(aws: AwsContext): Promise<Map<string, string[]>> {
  const aliases = await allPages(async (Marker) => {
    const page = await aws.call('kms', 'ListAliases', { Limit: 100, ...(Marker ? { Marker } : {}) });
    return [listed(page.Aliases, 'kms:ListAliases'), page.Truncated ? page.NextMarker : undefined];
  });
  const byKey = new Map<string, string[]>();
  for (const { AliasName, TargetKeyId } of aliases) {
    if (AliasName && TargetKeyId) byKey.set(TargetKeyId, refList(...(byKey.get(TargetKeyId) ?? []), AliasName));
  }
  return byKey;
}
