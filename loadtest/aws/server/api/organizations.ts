import type {
  Account,
  DescribeOrganizationResponse,
  ListAccountsRequest,
  ListAccountsResponse,
} from '@aws-sdk/client-organizations';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, sliceOf } from '../paging.ts';

const organization = 'o-elavasim01';

/** Twenty a page. Only the management account, the estate's first, may ask. */
function listAccounts(call: Call<ListAccountsRequest>): ListAccountsResponse {
  onlyManagement(call);
  const { MaxResults, NextToken } = call.input;
  const limit = pageLimit(MaxResults, 20);
  const page = sliceOf(call.world.accounts, { limit, token: NextToken, badToken: 'InvalidInputException' });
  const Accounts = page.items.map(
    (account): Account => ({
      Id: account.id,
      Arn: `arn:aws:organizations::${call.world.accounts[0]?.id}:account/${organization}/${account.id}`,
      Email: account.email,
      Name: account.name,
      Status: 'ACTIVE',
      State: 'ACTIVE',
      JoinedMethod: account.index === 0 ? 'INVITED' : 'CREATED',
      JoinedTimestamp: new Date(account.joinedAt),
    }),
  );
  return { Accounts, ...(page.next === undefined ? {} : { NextToken: page.next }) };
}

function describeOrganization(call: Call): DescribeOrganizationResponse {
  const management = call.world.accounts[0];
  const arn = `arn:aws:organizations::${management?.id}`;
  return {
    Organization: {
      Id: organization,
      Arn: `${arn}:organization/${organization}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `${arn}:account/${organization}/${management?.id}`,
      MasterAccountId: management?.id ?? '',
      MasterAccountEmail: management?.email ?? '',
    },
  };
}

function onlyManagement({ caller, world }: Call<unknown>): void {
  if (caller.account.id === world.accounts[0]?.id) return;
  throw new ApiError('AccessDeniedException', "You don't have permissions to access this resource.");
}

export const organizations: Handlers = { ListAccounts: listAccounts, DescribeOrganization: describeOrganization };
