/** EC2: networks, addresses and images. */
import type {
  Address,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DescribeImagesRequest,
  DescribeImagesResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  Filter,
  Image,
  NatGateway,
  NetworkInterface,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import type { Entity } from '../../world/entity.ts';
import type { ResourceType, Unit } from '../../world/estate.ts';
import type { AddressEntity } from '../../world/kinds/elastic-ip.ts';
import type { ImageEntity } from '../../world/kinds/image.ts';
import type { NatGatewayEntity } from '../../world/kinds/nat-gateway.ts';
import type { InterfaceEntity } from '../../world/kinds/network-interface.ts';
import type { SubnetEntity } from '../../world/kinds/subnet.ts';
import type { VpcEntity } from '../../world/kinds/vpc.ts';
import type { Call, Handlers } from '../call.ts';
import { type FilterFields, filterTest } from '../filters.ts';
import { unitsOf } from '../paging.ts';
import { type Listed, listEc2, token } from './ec2-list.ts';

interface Asked<E> {
  readonly type: ResourceType;
  readonly ids: readonly string[] | undefined;
  readonly filters: readonly Filter[] | undefined;
  readonly fields: FilterFields<E>;
  readonly notFound: string;
}

/** The described objects of a page, and its token. */
function told<E extends Entity, T>(call: Call<Listed>, asked: Asked<E>): { items: T[]; NextToken?: string } {
  const found = listEc2<E>(call, asked);
  const items = found.entities.map((entity) => call.world.describe(found.unit as Unit, entity) as T);
  return { items, ...token('next' in found ? found.next : undefined) };
}

function describeVpcs(call: Call<DescribeVpcsRequest>): DescribeVpcsResult {
  const { items, ...next } = told<VpcEntity, Vpc>(call, {
    type: 'vpc',
    ids: call.input.VpcIds,
    filters: call.input.Filters,
    fields: { 'vpc-id': (v) => [v.id], 'is-default': (v) => [String(v.isDefault)], cidr: (v) => [v.cidr] },
    notFound: 'InvalidVpcID.NotFound',
  });
  return { Vpcs: items, ...next };
}

function describeSubnets(call: Call<DescribeSubnetsRequest>): DescribeSubnetsResult {
  const { items, ...next } = told<SubnetEntity, Subnet>(call, {
    type: 'subnet',
    ids: call.input.SubnetIds,
    filters: call.input.Filters,
    fields: { 'subnet-id': (s) => [s.id], 'vpc-id': (s) => [s.vpc], 'default-for-az': (s) => [String(s.isDefault)] },
    notFound: 'InvalidSubnetID.NotFound',
  });
  return { Subnets: items, ...next };
}

/** This call's filters are called Filter, in the singular. */
function describeNatGateways(call: Call<DescribeNatGatewaysRequest>): DescribeNatGatewaysResult {
  const { items, ...next } = told<NatGatewayEntity, NatGateway>(call, {
    type: 'nat_gateway',
    ids: call.input.NatGatewayIds,
    filters: call.input.Filter,
    fields: {
      'nat-gateway-id': (n) => [n.id],
      'vpc-id': (n) => [n.vpc],
      'subnet-id': (n) => [n.subnet],
      state: () => ['available'],
    },
    notFound: 'NatGatewayNotFound',
  });
  return { NatGateways: items, ...next };
}

/** Never paged. */
function describeAddresses(call: Call<DescribeAddressesRequest>): DescribeAddressesResult {
  const [unit] = unitsOf(call, 'eip');
  if (!unit || call.lists === 'nothing') return { Addresses: [] };
  const { AllocationIds: ids, Filters: filters } = call.input;
  const fields: FilterFields<AddressEntity> = {
    'allocation-id': (a) => [a.id],
    'public-ip': (a) => [a.address],
    'network-interface-id': (a) => [a.interface],
    domain: () => ['vpc'],
  };
  if (ids && ids.length > 0) {
    const type = 'eip';
    const found = listEc2<AddressEntity>(call as Call<Listed>, {
      type,
      ids,
      filters,
      fields,
      notFound: 'InvalidAllocationID.NotFound',
    });
    return { Addresses: found.entities.map((entity) => call.world.describe(unit, entity) as Address) };
  }
  const accept = filterTest(filters, fields);
  const all = [...call.world.entities(unit)] as AddressEntity[];
  const kept = accept ? all.filter(accept) : all;
  return { Addresses: kept.map((entity) => call.world.describe(unit, entity) as Address) };
}

function describeNetworkInterfaces(call: Call<DescribeNetworkInterfacesRequest>): DescribeNetworkInterfacesResult {
  const { items, ...next } = told<InterfaceEntity, NetworkInterface>(call, {
    type: 'eni',
    ids: call.input.NetworkInterfaceIds,
    filters: call.input.Filters,
    fields: {
      'network-interface-id': (i) => [i.id],
      'vpc-id': (i) => [i.vpc],
      'subnet-id': (i) => [i.subnet],
      status: (i) => [i.attached ? 'in-use' : 'available'],
      'group-id': (i) => i.groups.map(({ GroupId }) => GroupId),
    },
    notFound: 'InvalidNetworkInterfaceID.NotFound',
  });
  return { NetworkInterfaces: items, ...next };
}

/** The account's own. Without an owner AWS would list every public image too, thousands of them: none are modelled. */
function describeImages(call: Call<DescribeImagesRequest>): DescribeImagesResult {
  const { Owners, ImageIds, Filters } = call.input;
  if (Owners && !Owners.some((owner) => owner === 'self' || owner === call.caller.account.id)) return { Images: [] };
  const { items, ...next } = told<ImageEntity, Image>(call, {
    type: 'ami',
    ids: ImageIds,
    filters: Filters,
    fields: {
      'image-id': (i) => [i.id],
      'is-public': (i) => [String(i.isPublic)],
      name: (i) => [i.name],
      state: () => ['available'],
    },
    notFound: 'InvalidAMIID.NotFound',
  });
  return { Images: items, ...next };
}

export const ec2Network: Handlers = {
  DescribeVpcs: describeVpcs,
  DescribeSubnets: describeSubnets,
  DescribeNatGateways: describeNatGateways,
  DescribeAddresses: describeAddresses,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeImages: describeImages,
};
