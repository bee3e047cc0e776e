/** Organizations: only the management account, the estate's first, may ask. */
import type {
  Account,
  DescribeAccountRequest,
  DescribeAccountResponse,
  DescribeOrganizationResponse,
  ListAccountsForParentRequest,
  ListAccountsForParentResponse,
  ListAccountsRequest,
  ListAccountsResponse,
  ListOrganizationalUnitsForParentRequest,
  ListOrganizationalUnitsForParentResponse,
  ListParentsRequest,
  ListParentsResponse,
  ListRootsResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-organizations';
import type { Account as EstateAccount } from '../../world/estate.ts';
import { accountTags, organizationalUnits, organizationId, parentOf, rootId } from '../../world/organization.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, sliceOf } from '../paging.ts';
import { tokenAs } from './unit-list.ts';

interface Paged {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** Twenty a page. By a fault there may be an empty page with a token first. */
function pageOf<T>(call: Call<Paged>, items: readonly T[]) {
  const { MaxResults, NextToken: token } = call.input;
  const emptied = token?.startsWith('empty.') ?? false;
  if (call.lists === 'nothing') return { items: [] };
  if (call.lists === 'empty page first' && token === undefined) return { items: [], next: 'empty.' };
  const request = { limit: pageLimit(MaxResults, 20), badToken: 'InvalidInputException' };
  return sliceOf(items, emptied ? request : { ...request, token });
}

function arnOf(call: Call<unknown>, kind: string, id: string): string {
  return `arn:aws:organizations::${call.world.accounts[0]?.id}:${kind}/${organizationId}/${id}`;
}

function told(call: Call<unknown>, account: EstateAccount): Account {
  const state = account.suspended ? 'SUSPENDED' : 'ACTIVE';
  return {
    Id: account.id,
    Arn: arnOf(call, 'account', account.id),
    Email: account.email,
    Name: account.name,
    Status: state,
    State: state,
    JoinedMethod: account.index === 0 ? 'INVITED' : 'CREATED',
    JoinedTimestamp: new Date(account.joinedAt),
  };
}

function listAccounts(call: Call<ListAccountsRequest>): ListAccountsResponse {
  const page = pageOf(call, call.world.accounts);
  return { Accounts: page.items.map((account) => told(call, account)), ...tokenAs('NextToken', page.next) };
}

function listAccountsForParent(call: Call<ListAccountsForParentRequest>): ListAccountsForParentResponse {
  const parent = checkParent(call.input.ParentId);
  const page = pageOf(
    call,
    call.world.accounts.filter((account) => parentOf(account) === parent),
  );
  return { Accounts: page.items.map((account) => told(call, account)), ...tokenAs('NextToken', page.next) };
}

function checkParent(id = ''): string {
  if (id === rootId || organizationalUnits.some((unit) => unit.id === id)) return id;
  throw new ApiError('ParentNotFoundException', "You specified a parent that doesn't exist.");
}

function listUnits(call: Call<ListOrganizationalUnitsForParentRequest>): ListOrganizationalUnitsForParentResponse {
  const parent = checkParent(call.input.ParentId);
  const page = pageOf(
    call,
    organizationalUnits.filter((unit) => unit.parent === parent),
  );
  return {
    OrganizationalUnits: page.items.map(({ id, name }) => ({ Id: id, Name: name, Arn: arnOf(call, 'ou', id) })),
    ...tokenAs('NextToken', page.next),
  };
}

/** Each account and unit has one parent. */
function listParents(call: Call<ListParentsRequest>): ListParentsResponse {
  const id = call.input.ChildId ?? '';
  const account = call.world.account(id);
  const parent = account ? parentOf(account) : organizationalUnits.find((unit) => unit.id === id)?.parent;
  if (!parent) throw new ApiError('ChildNotFoundException', "We can't find the child that you specified.");
  return { Parents: [{ Id: parent, Type: parent === rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }] };
}

function listRoots(call: Call): ListRootsResponse {
  return { Roots: [{ Id: rootId, Arn: arnOf(call, 'root', rootId), Name: 'Root', PolicyTypes: [] }] };
}

function account(call: Call<unknown>, id = ''): EstateAccount {
  const found = call.world.account(id);
  if (!found) throw new ApiError('AccountNotFoundException', "You specified an account that doesn't exist.");
  return found;
}

function describeAccount(call: Call<DescribeAccountRequest>): DescribeAccountResponse {
  return { Account: told(call, account(call, call.input.AccountId)) };
}

/** Accounts carry tags; the root and the units carry none. */
function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  const id = call.input.ResourceId ?? '';
  if (id === rootId || organizationalUnits.some((unit) => unit.id === id)) return { Tags: [] };
  return { Tags: tagList(accountTags(account(call, id))) };
}

/** Any account may ask to which organisation it belongs. */
function describeOrganization(call: Call): DescribeOrganizationResponse {
  const management = call.world.accounts[0];
  return {
    Organization: {
      Id: organizationId,
      Arn: `arn:aws:organizations::${management?.id}:organization/${organizationId}`,
      FeatureSet: 'ALL',
      MasterAccountArn: arnOf(call, 'account', management?.id ?? ''),
      MasterAccountId: management?.id ?? '',
      MasterAccountEmail: management?.email ?? '',
    },
  };
}

function managed<I, O>(handler: (call: Call<I>) => O) {
  return (call: Call<I>): O => {
    if (call.caller.account.id === call.world.accounts[0]?.id) return handler(call);
    throw new ApiError('AccessDeniedException', "You don't have permissions to access this resource.");
  };
}

export const organizations: Handlers = {
  ListAccounts: managed(listAccounts),
  ListAccountsForParent: managed(listAccountsForParent),
  ListOrganizationalUnitsForParent: managed(listUnits),
  ListParents: managed(listParents),
  ListRoots: managed(listRoots),
  DescribeAccount: managed(describeAccount),
  ListTagsForResource: managed(listTagsForResource),
  DescribeOrganization: describeOrganization,
};
