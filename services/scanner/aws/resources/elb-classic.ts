/** Load balancers of the first generation, tags twenty at a time. */
import Type from 'typebox';
import { batched, type Lookup } from '../batched.ts';
import { type Answer, type AwsContext, awsType, isGone, listed, readDetail } from '../context.ts';
import { groupJoin, Listener, metadataOf, present, refList, sortedBy, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'classicloadbalancing', 'DescribeLoadBalancers'>['LoadBalancerDescriptions']>[number];
type Tags = Readonly<Record<string, string>>;
interface Balancer {
  readonly name: string;
  readonly balancer: Listed;
  readonly tagsOf: Lookup<Tags>;
  readonly tags?: Tags | undefined;
}

const missing = ['LoadBalancerNotFound', 'AccessPointNotFoundException'];
/** Load balancers whose tags one call gives. */
const AT_ONCE = 20;

export const elbClassic = awsType<Balancer>({
  type: 'elb_classic',
  title: 'Classic load balancer',
  arns: 'elasticloadbalancing:loadbalancer',
  service: 'elasticloadbalancing',
  global: false,
  actions: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'],
  joins: [groupJoin],
  fields: Type.Object({
    scheme: Type.Optional(Type.String()),
    internet_facing: Type.Boolean(),
    dns_name: Type.Optional(Type.String()),
    vpc_id: Type.Optional(Type.String()),
    availability_zones: Type.Array(Type.String()),
    subnet_ids: Type.Array(Type.String({ description: 'ARN.' })),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    instance_ids: Type.Array(Type.String({ description: 'ARN.' })),
    listeners: Type.Array(Listener),
    health_check_target: Type.Optional(Type.String({ description: 'Such as "HTTP:80/ping".' })),
  }),

  async list(aws, token) {
    const page = await aws.call('classicloadbalancing', 'DescribeLoadBalancers', {
      PageSize: 400,
      ...(token ? { Marker: token } : {}),
    });
    const balancers = listed(page.LoadBalancerDescriptions, 'classicloadbalancing:DescribeLoadBalancers');
    const names = balancers.map(({ LoadBalancerName = '' }) => LoadBalancerName);
    const tagsOf = batched(names, { size: AT_ONCE, gone: missing, call: (some) => readTags(aws, some) });
    return {
      items: balancers.map((balancer, i) => ({ name: names[i] ?? '', balancer, tagsOf })),
      next: page.NextMarker,
    };
  },

  async detail(_aws, found) {
    const { value, gaps } = await readDetail({ fields: ['tags'], call: () => found.tagsOf(found.name) });
    return isGone(gaps, ...missing) ? undefined : { item: { ...found, tags: value }, gaps };
  },

  map({ name, balancer, tags = {} }, aws) {
    const arns = (kind: string, ids: readonly (string | undefined)[] = []): string[] =>
      refList(...ids.map((id) => !!id && aws.arn('ec2', `${kind}/${id}`)));
    const groups = arns('security-group', balancer.SecurityGroups);
    const subnets = arns('subnet', balancer.Subnets);
    const instances = arns(
      'instance',
      balancer.Instances?.map(({ InstanceId }) => InstanceId),
    );
    const listening = sortedBy(balancer.ListenerDescriptions, ({ Listener }) => String(Listener?.LoadBalancerPort));
    const zones = refList(...(balancer.AvailabilityZones ?? []));
    return {
      id: aws.arn('elasticloadbalancing', `loadbalancer/${name}`),
      name,
      status: '',
      tags,
      created_at: balancer.CreatedTime ?? '',
      refs: refList(...groups, ...subnets, ...instances, ...arns('vpc', [balancer.VPCId])),
      fields: present({
        scheme: balancer.Scheme,
        internet_facing: balancer.Scheme === 'internet-facing',
        dns_name: balancer.DNSName,
        vpc_id: balancer.VPCId,
        availability_zones: zones,
        subnet_ids: subnets,
        security_group_ids: groups,
        instance_ids: instances,
        listeners: listening.map(listenerOf),
        health_check_target: balancer.HealthCheck?.Target,
      }),
      metadata: metadataOf(balancer, [], {
        ListenerDescriptions: listening,
        Instances: sortedBy(balancer.Instances, ({ InstanceId }) => InstanceId),
        AvailabilityZones: zones,
      }),
    };
  },
});

function listenerOf({ Listener: listener }: NonNullable<Listed['ListenerDescriptions']>[number]) {
  const protocol = listener?.Protocol ?? '';
  return present({
    port: listener?.LoadBalancerPort ?? 0,
    protocol,
    tls: ['HTTPS', 'SSL'].includes(protocol),
    certificate: listener?.SSLCertificateId,
  });
}

async function readTags(aws: AwsContext, names: readonly string[]): Promise<Map<string, Tags>> {
  const answer = await aws.call('classicloadbalancing', 'DescribeTags', { LoadBalancerNames: [...names] });
  const found = listed(answer.TagDescriptions, 'classicloadbalancing:DescribeTags');
  return new Map(found.map(({ LoadBalancerName = '', Tags }) => [LoadBalancerName, tagMap(Tags)]));
}
