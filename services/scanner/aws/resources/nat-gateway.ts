/** NAT gateways. A deleted one is gone, though the API shows it for another hour. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, pageSize, present, refList, sortedBy, tagMap } from './common.ts';

type Gateway = NonNullable<Answer<'ec2', 'DescribeNatGateways'>['NatGateways']>[number];

export const natGateway = awsType<Gateway>({
  type: 'nat_gateway',
  title: 'NAT gateway',
  arns: 'ec2:natgateway',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeNatGateways'],
  fields: Type.Object({
    vpc_id: Type.Optional(Type.String()),
    subnet_id: Type.Optional(Type.String({ description: 'Absent on one that serves a whole region.' })),
    connectivity: Type.Optional(Type.String({ description: 'public or private.' })),
    public_ips: Type.Array(Type.String()),
    private_ips: Type.Array(Type.String()),
    failure: Type.Optional(Type.String({ description: 'Why it could not be made.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('ec2', 'DescribeNatGateways', {
      MaxResults: pageSize.small,
      ...(token ? { NextToken: token } : {}),
    });
    const gateways = listed(page.NatGateways, 'ec2:DescribeNatGateways');
    return { items: gateways.filter(({ State }) => State !== 'deleted'), next: page.NextToken };
  },

  map(gateway, aws) {
    const tags = tagMap(gateway.Tags);
    const id = gateway.NatGatewayId ?? '';
    const addresses = sortedBy(gateway.NatGatewayAddresses, (address) => address.PrivateIp);
    const arn = (kind: string, id: string | undefined) => !!id && aws.arn('ec2', `${kind}/${id}`);
    return {
      id: aws.arn('ec2', `natgateway/${id}`),
      name: tags.Name ?? id,
      status: gateway.State ?? '',
      tags,
      created_at: gateway.CreateTime ?? '',
      refs: refList(
        arn('vpc', gateway.VpcId),
        arn('subnet', gateway.SubnetId),
        ...addresses.map(({ AllocationId }) => arn('elastic-ip', AllocationId)),
        ...addresses.map(({ NetworkInterfaceId }) => arn('network-interface', NetworkInterfaceId)),
      ),
      fields: present({
        vpc_id: gateway.VpcId,
        subnet_id: gateway.SubnetId,
        connectivity: gateway.ConnectivityType,
        public_ips: refList(...addresses.map(({ PublicIp }) => PublicIp)),
        private_ips: refList(...addresses.map(({ PrivateIp }) => PrivateIp)),
        failure: gateway.FailureMessage,
      }),
      metadata: metadataOf(gateway, ['Tags'], { NatGatewayAddresses: addresses }),
    };
  },
});
