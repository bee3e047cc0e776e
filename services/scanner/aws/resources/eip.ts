/** Elastic IP addresses, used or not. The API gives all of them at once. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, present, providerOwned, refList, tagMap } from './common.ts';

type Address = NonNullable<Answer<'ec2', 'DescribeAddresses'>['Addresses']>[number];

export const eip = awsType<Address>({
  type: 'eip',
  title: 'Elastic IP address',
  arns: 'ec2:elastic-ip',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeAddresses'],
  fields: Type.Object({
    public_ip: Type.Optional(Type.String()),
    private_ip: Type.Optional(Type.String()),
    associated: Type.Boolean({ description: 'Whether anything uses it; one that nothing uses is charged for too.' }),
    association_id: Type.Optional(Type.String()),
    instance_id: Type.Optional(Type.String()),
    network_interface_id: Type.Optional(Type.String()),
    public_ipv4_pool: Type.Optional(Type.String()),
    provider_owned: providerOwned,
  }),

  async list(aws) {
    const { Addresses } = await aws.call('ec2', 'DescribeAddresses', {});
    return { items: listed(Addresses, 'ec2:DescribeAddresses') };
  },

  map(address, aws) {
    const tags = tagMap(address.Tags);
    const id = address.AllocationId ?? address.PublicIp ?? '';
    const { InstanceId: instance, NetworkInterfaceId: used } = address;
    return {
      id: aws.arn('ec2', `elastic-ip/${id}`),
      name: tags.Name ?? id,
      status: '',
      tags,
      created_at: '',
      refs: refList(
        !!instance && aws.arn('ec2', `instance/${instance}`),
        !!used && aws.arn('ec2', `network-interface/${used}`),
      ),
      fields: present({
        public_ip: address.PublicIp,
        private_ip: address.PrivateIpAddress,
        associated: Boolean(address.AssociationId ?? instance),
        association_id: address.AssociationId,
        instance_id: instance === '' ? undefined : instance,
        network_interface_id: used,
        public_ipv4_pool: address.PublicIpv4Pool,
        // Such as those of a load balancer, which nobody else can release.
        provider_owned: Boolean(address.ServiceManaged),
      }),
      metadata: metadataOf(address, ['Tags'], {}),
    };
  },
});
