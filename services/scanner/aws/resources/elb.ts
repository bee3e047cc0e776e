/** Application, network and gateway load balancers: their tags twenty at a time, their listeners one by one. */
import Type from 'typebox';
import type { Gap } from '../../resource-type.ts';
import type { Lookup } from '../batched.ts';
import { type Answer, type AwsContext, allPages, awsType, isGone, listed, readDetail } from '../context.ts';
import { type Tags, tagsByArn } from '../load-balancer-tags.ts';
import { groupJoin, Listener, metadataOf, present, refList, sortedBy } from './common.ts';

type Listed = NonNullable<Answer<'elasticloadbalancing', 'DescribeLoadBalancers'>['LoadBalancers']>[number];
type Listening = NonNullable<Answer<'elasticloadbalancing', 'DescribeListeners'>['Listeners']>[number];
interface Balancer {
  readonly arn: string;
  readonly balancer: Listed;
  readonly tagsOf: Lookup<Tags>;
  readonly tags?: Tags | undefined;
  readonly listeners?: readonly Listening[] | undefined;
  readonly targets?: readonly string[] | undefined;
}

const missing = ['LoadBalancerNotFound', 'LoadBalancerNotFoundException'];

export const elb = awsType<Balancer>({
  type: 'elb',
  title: 'Load balancer',
  arns: 'elasticloadbalancing:loadbalancer',
  service: 'elasticloadbalancing',
  global: false,
  actions: [
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeTargetGroups',
  ],
  joins: [groupJoin],
  fields: Type.Object({
    load_balancer_type: Type.Optional(Type.String({ description: 'application, network or gateway.' })),
    scheme: Type.Optional(Type.String()),
    internet_facing: Type.Boolean(),
    dns_name: Type.Optional(Type.String()),
    ip_address_type: Type.Optional(Type.String()),
    vpc_id: Type.Optional(Type.String()),
    availability_zones: Type.Array(Type.String()),
    subnet_ids: Type.Array(Type.String({ description: 'ARN.' })),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    listeners: Type.Optional(Type.Array(Listener)),
    target_group_ids: Type.Optional(
      Type.Array(Type.String({ description: 'ARN; where its listeners and their rules forward to.' })),
    ),
  }),

  async list(aws, token) {
    const page = await aws.call('elasticloadbalancing', 'DescribeLoadBalancers', {
      PageSize: 400,
      ...(token ? { Marker: token } : {}),
    });
    const balancers = listed(page.LoadBalancers, 'elasticloadbalancing:DescribeLoadBalancers');
    const arns = balancers.map(({ LoadBalancerArn = '' }) => LoadBalancerArn);
    const tagsOf = tagsByArn(aws, arns, missing);
    return {
      items: balancers.map((balancer, i) => ({ arn: arns[i] ?? '', balancer, tagsOf })),
      next: page.NextMarker,
    };
  },

  async detail(aws, found) {
    const [tags, listeners, groups] = await Promise.all([
      readDetail({ fields: ['tags'], call: () => found.tagsOf(found.arn) }),
      readDetail({ fields: ['listeners', 'Listeners'], call: () => listenersOf(aws, found.arn) }),
      readDetail({ fields: ['target_group_ids', 'refs'], call: () => aws.once('groups', () => groupsOf(aws)) }),
    ]);
    const gaps: readonly Gap[] = [...tags.gaps, ...listeners.gaps, ...groups.gaps];
    if (isGone(gaps, ...missing)) return undefined;
    const targets = groups.value && refList(...(groups.value.get(found.arn) ?? []));
    return { item: { ...found, tags: tags.value, listeners: listeners.value, targets }, gaps };
  },

  map({ arn, balancer, tags = {}, listeners, targets }, aws) {
    const places = placesOf(balancer, aws);
    const heard = listeners && sortedBy(listeners, (listener) => listener.ListenerArn);
    return {
      id: arn,
      name: balancer.LoadBalancerName ?? '',
      status: balancer.State?.Code ?? '',
      tags,
      created_at: balancer.CreatedTime ?? '',
      refs: refList(...places.security_group_ids, ...places.subnet_ids, ...(targets ?? []), places.vpc),
      fields: present({
        ...fieldsOf(balancer),
        ...present({ ...places, vpc: undefined }),
        listeners: heard?.map(listenerOf),
        target_group_ids: targets,
      }),
      metadata: metadataOf(balancer, [], listsOf(balancer, heard)),
    };
  },
});

function fieldsOf(balancer: Listed) {
  return {
    load_balancer_type: balancer.Type,
    scheme: balancer.Scheme,
    internet_facing: balancer.Scheme === 'internet-facing',
    dns_name: balancer.DNSName,
    ip_address_type: balancer.IpAddressType,
    vpc_id: balancer.VpcId,
  };
}

function placesOf({ AvailabilityZones = [], SecurityGroups = [], VpcId }: Listed, aws: AwsContext) {
  return {
    availability_zones: refList(...AvailabilityZones.map(({ ZoneName }) => ZoneName)),
    subnet_ids: refList(...AvailabilityZones.map(({ SubnetId }) => !!SubnetId && aws.arn('ec2', `subnet/${SubnetId}`))),
    security_group_ids: refList(...SecurityGroups.map((id) => aws.arn('ec2', `security-group/${id}`))),
    vpc: VpcId && aws.arn('ec2', `vpc/${VpcId}`),
  };
}

function listsOf({ AvailabilityZones }: Listed, Listeners: readonly Listening[] | undefined) {
  return present({ AvailabilityZones: sortedBy(AvailabilityZones, (zone) => zone.ZoneName), Listeners });
}

function listenersOf(aws: AwsContext, LoadBalancerArn: string): Promise<Listening[]> {
  return allPages(async (Marker) => {
    const page = await aws.call('elasticloadbalancing', 'DescribeListeners', {
      LoadBalancerArn,
      ...(Marker ? { Marker } : {}),
    });
    return [listed(page.Listeners, 'elasticloadbalancing:DescribeListeners'), page.NextMarker];
  });
}

function listenerOf({ Port, Protocol, SslPolicy, Certificates, DefaultActions }: Listening) {
  return present({
    port: Port ?? 0,
    protocol: Protocol ?? '',
    tls: ['HTTPS', 'TLS'].includes(Protocol ?? ''),
    ssl_policy: SslPolicy,
    certificate: Certificates?.[0]?.CertificateArn,
    redirects: DefaultActions?.some(
      ({ Type, RedirectConfig }) => Type === 'redirect' && RedirectConfig?.Protocol === 'HTTPS',
    ),
  });
}

/** By load balancer. The rules of a listener would be a call each; the groups of a region say at once who uses them. */
async function groupsOf(aws: AwsContext): Promise<Map<string, string[]>> {
  const groups = await allPages(async (Marker) => {
    const page = await aws.call('elasticloadbalancing', 'DescribeTargetGroups', {
      PageSize: 400,
      ...(Marker ? { Marker } : {}),
    });
    return [listed(page.TargetGroups, 'elasticloadbalancing:DescribeTargetGroups'), page.NextMarker];
  });
  const byBalancer = new Map<string, string[]>();
  for (const { LoadBalancerArns = [], TargetGroupArn = '' } of groups) {
    for (const arn of LoadBalancerArns) byBalancer.set(arn, [...(byBalancer.get(arn) ?? []), TargetGroupArn]);
  }
  return byBalancer;
}
