/** Route 53: one for all regions. Tags of ten zones come with one call. */
import type {
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  HostedZone,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTagsForResourcesRequest,
  ListTagsForResourcesResponse,
} from '@aws-sdk/client-route-53';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

/** MaxItems is a text in the API. */
function listHostedZones(call: Call<ListHostedZonesRequest>): ListHostedZonesResponse {
  const { Marker, MaxItems } = call.input;
  const asked = MaxItems === undefined ? undefined : Number(MaxItems);
  const request = { type: 'route53', asked, most: 100, token: Marker, badToken: 'InvalidInput' } as const;
  const page = listUnit<never, HostedZone>(call, request);
  return {
    HostedZones: page.items,
    Marker: Marker ?? '',
    IsTruncated: page.next !== undefined,
    MaxItems: (MaxItems ?? '100') as never,
    ...tokenAs('NextMarker', page.next),
  };
}

function zone(call: Call<unknown>, ref = '') {
  const id = ref.split('/').pop() ?? '';
  return needOne(call, 'route53', id, ['NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404]);
}

function getHostedZone(call: Call<GetHostedZoneRequest>): GetHostedZoneResponse {
  const HostedZone = call.world.describe(...zone(call, call.input.Id)) as HostedZone;
  return { HostedZone, ...(HostedZone.Config?.PrivateZone ? {} : { DelegationSet: { NameServers: nameServers } }) };
}

const nameServers = ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net'];

function tagSet(call: Call<unknown>, id: string) {
  const [, { tags }] = zone(call, id);
  return { ResourceType: 'hostedzone' as const, ResourceId: id, Tags: tagList(tags) };
}

function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  return { ResourceTagSet: tagSet(call, call.input.ResourceId ?? '') };
}

function listTagsForResources(call: Call<ListTagsForResourcesRequest>): ListTagsForResourcesResponse {
  const { ResourceIds = [] } = call.input;
  if (ResourceIds.length > 10) throw new ApiError('InvalidInput', 'At most 10 resources.');
  return { ResourceTagSets: ResourceIds.map((id) => tagSet(call, id)) };
}

export const route53: Handlers = {
  ListHostedZones: listHostedZones,
  GetHostedZone: getHostedZone,
  ListTagsForResource: listTagsForResource,
  ListTagsForResources: listTagsForResources,
};
