/** Hosted zones of Route 53, tags ten zones at a time. Those that another service made for itself are AWS's own. */
import Type from 'typebox';
import { batched, type Lookup } from '../batched.ts';
import { type Answer, type AwsContext, awsType, isGone, listed, readDetail } from '../context.ts';
import { metadataOf, present, providerOwned, refList, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'route53', 'ListHostedZones'>['HostedZones']>[number];
type Tags = Readonly<Record<string, string>>;
interface Zone {
  readonly id: string;
  readonly zone: Listed;
  readonly tagsOf: Lookup<Tags>;
  readonly tags?: Tags | undefined;
}

const missing = ['NoSuchHostedZone'];
/** Zones whose tags one call gives. */
const AT_ONCE = 10;

export const route53 = awsType<Zone>({
  type: 'route53',
  title: 'Route 53 hosted zone',
  arns: 'route53:hostedzone',
  service: 'route53',
  global: true,
  actions: ['route53:ListHostedZones', 'route53:ListTagsForResources'],
  fields: Type.Object({
    private: Type.Boolean({ description: 'Answers only in the VPCs that it is associated with.' }),
    records: Type.Optional(Type.Integer({ description: 'NS and SOA of the zone itself count as two.' })),
    comment: Type.Optional(Type.String()),
    made_by: Type.Optional(Type.String({ description: 'The service that made it for itself.' })),
    provider_owned: providerOwned,
  }),

  async list(aws, token) {
    const page = await aws.call('route53', 'ListHostedZones', { MaxItems: 100, ...(token ? { Marker: token } : {}) });
    const zones = listed(page.HostedZones, 'route53:ListHostedZones');
    const ids = zones.map(({ Id = '' }) => Id.replace('/hostedzone/', ''));
    const tagsOf = batched(ids, { size: AT_ONCE, gone: missing, call: (some) => readTags(aws, some) });
    return {
      items: zones.map((zone, i) => ({ id: ids[i] ?? '', zone, tagsOf })),
      next: page.IsTruncated ? page.NextMarker : undefined,
    };
  },

  async detail(_aws, zone) {
    const { value, gaps } = await readDetail({ fields: ['tags'], call: () => zone.tagsOf(zone.id) });
    return isGone(gaps, ...missing) ? undefined : { item: { ...zone, tags: value }, gaps };
  },

  map({ id, zone, tags = {} }, aws) {
    const { LinkedService: service, Config: config } = zone;
    return {
      // The documented ARN of a zone has no account in it.
      id: `arn:${aws.partition}:route53:::hostedzone/${id}`,
      name: zone.Name ?? id,
      status: '',
      tags,
      created_at: '',
      refs: refList(),
      fields: present({
        private: config?.PrivateZone ?? false,
        records: zone.ResourceRecordSetCount,
        comment: config?.Comment,
        made_by: service?.ServicePrincipal,
        provider_owned: service !== undefined,
      }),
      metadata: metadataOf(zone, [], {}),
    };
  },
});

async function readTags(aws: AwsContext, ids: readonly string[]): Promise<Map<string, Tags>> {
  const answer = await aws.call('route53', 'ListTagsForResources', {
    ResourceType: 'hostedzone',
    ResourceIds: [...ids],
  });
  const sets = listed(answer.ResourceTagSets, 'route53:ListTagsForResources');
  return new Map(sets.map(({ ResourceId = '', Tags }) => [ResourceId, tagMap(Tags)]));
}
