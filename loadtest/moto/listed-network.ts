/** Networks and what balances load over them, listed by the plain SDK. */
import { inRegion, type Lister, type Tags, tagsOf } from './listing.ts';

const vpc: Lister = async (clients) => {
  const { Vpcs = [] } = await clients.ec2.describeVpcs({});
  return new Map(Vpcs.map(({ VpcId, Tags }) => [inRegion(clients, 'vpc', VpcId), tagsOf(Tags)]));
};

const subnet: Lister = async (clients) => {
  const { Subnets = [] } = await clients.ec2.describeSubnets({});
  return new Map(Subnets.map(({ SubnetId, Tags }) => [inRegion(clients, 'subnet', SubnetId), tagsOf(Tags)]));
};

const natGateway: Lister = async (clients) => {
  const { NatGateways = [] } = await clients.ec2.describeNatGateways({});
  const alive = NatGateways.filter(({ State }) => State !== 'deleted');
  return new Map(alive.map(({ NatGatewayId, Tags }) => [inRegion(clients, 'natgateway', NatGatewayId), tagsOf(Tags)]));
};

const eip: Lister = async (clients) => {
  const { Addresses = [] } = await clients.ec2.describeAddresses({});
  return new Map(
    Addresses.map(({ AllocationId, Tags }) => [inRegion(clients, 'elastic-ip', AllocationId), tagsOf(Tags)]),
  );
};

const eni: Lister = async (clients) => {
  const { NetworkInterfaces = [] } = await clients.ec2.describeNetworkInterfaces({});
  return new Map(
    NetworkInterfaces.map(({ NetworkInterfaceId, TagSet }) => [
      inRegion(clients, 'network-interface', NetworkInterfaceId),
      tagsOf(TagSet),
    ]),
  );
};

const ami: Lister = async (clients) => {
  const { Images = [] } = await clients.ec2.describeImages({ Owners: ['self'] });
  return new Map(Images.map(({ ImageId, Tags }) => [`arn:aws:ec2:${clients.region}::image/${ImageId}`, tagsOf(Tags)]));
};

const elb: Lister = async ({ elb: client }) => {
  const { LoadBalancers = [] } = await client.describeLoadBalancers({});
  return tagged(
    LoadBalancers.map(({ LoadBalancerArn = '' }) => LoadBalancerArn),
    async (arn) => (await client.describeTags({ ResourceArns: [arn] })).TagDescriptions?.[0]?.Tags,
  );
};

const targetGroup: Lister = async ({ elb: client }) => {
  const { TargetGroups = [] } = await client.describeTargetGroups({});
  return tagged(
    TargetGroups.map(({ TargetGroupArn = '' }) => TargetGroupArn),
    async (arn) => (await client.describeTags({ ResourceArns: [arn] })).TagDescriptions?.[0]?.Tags,
  );
};

const elbClassic: Lister = async ({ classic, account, region }) => {
  const { LoadBalancerDescriptions = [] } = await classic.describeLoadBalancers({});
  const found = new Map<string, Tags>();
  for (const { LoadBalancerName: name = '' } of LoadBalancerDescriptions) {
    const { TagDescriptions = [] } = await classic.describeTags({ LoadBalancerNames: [name] });
    found.set(
      `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/${name}`,
      tagsOf(TagDescriptions[0]?.Tags),
    );
  }
  return found;
};

async function tagged(arns: readonly string[], tags: (arn: string) => Promise<Parameters<typeof tagsOf>[0]>) {
  const found = new Map<string, Tags>();
  for (const arn of arns) found.set(arn, tagsOf(await tags(arn)));
  return found;
}

export const networkListers: Readonly<Record<string, Lister>> = {
  vpc,
  subnet,
  nat_gateway: natGateway,
  eip,
  eni,
  ami,
  elb,
  target_group: targetGroup,
  elb_classic: elbClassic,
};
