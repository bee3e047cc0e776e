/** Account Management: which regions an account has switched on. */
import type { ListRegionsRequest, ListRegionsResponse } from '@aws-sdk/client-account';
import type { Call, Handlers } from '../call.ts';
import { pageLimit, sliceOf } from '../paging.ts';
import { switchedOff } from './ec2.ts';
import { tokenAs } from './unit-list.ts';

function listRegions(call: Call<ListRegionsRequest>): ListRegionsResponse {
  const { MaxResults, NextToken, RegionOptStatusContains: wanted } = call.input;
  const { regions } = call.world.options;
  const all = [...new Set([...regions, ...switchedOff])].map((RegionName) => {
    const on = regions.includes(RegionName) && call.regionEnabled(RegionName);
    return { RegionName, RegionOptStatus: on ? ('ENABLED_BY_DEFAULT' as const) : ('DISABLED' as const) };
  });
  const kept =
    wanted && wanted.length > 0 ? all.filter(({ RegionOptStatus }) => wanted.includes(RegionOptStatus)) : all;
  const page = sliceOf(kept, { limit: pageLimit(MaxResults, 50), token: NextToken, badToken: 'ValidationException' });
  return { Regions: [...page.items], ...tokenAs('NextToken', page.next) };
}

export const account: Handlers = { ListRegions: listRegions };
