import type {
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  ListRoleTagsRequest,
  ListRoleTagsResponse,
  Role,
} from '@aws-sdk/client-iam';
import type { Unit } from '../../world/estate.ts';
import type { RoleEntity } from '../../world/kinds/role.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, sliceOf, unitsOf } from '../paging.ts';
import { iamChanges } from './changes.ts';

/** IAM's own default: a hundred a page. */
const customary = 100;

function rolePage(call: Call<ListRolesRequest>) {
  const { MaxItems = customary, Marker, PathPrefix } = call.input;
  const units = unitsOf(call, 'iam_role');
  const accept = (entity: object) => PathPrefix === undefined || (entity as RoleEntity).path.startsWith(PathPrefix);
  const page = pageOf<RoleEntity>(call, units, {
    limit: pageLimit(MaxItems, 1000),
    token: Marker,
    accept,
    badToken: 'InvalidInput',
  });
  const roles = page.entities.map((entity) => call.world.describe(units[0] as Unit, entity) as Role);
  return { roles, IsTruncated: page.next !== undefined, ...(page.next === undefined ? {} : { Marker: page.next }) };
}

/** Lists leave out what IAM documents that they leave out: tags, last use, permissions boundary. */
function listRoles(call: Call<ListRolesRequest>): ListRolesResponse {
  const { roles, ...page } = rolePage(call);
  return { Roles: roles.map(({ Tags: _tags, RoleLastUsed: _used, ...role }) => role), ...page };
}

function getRole(call: Call<GetRoleRequest>): GetRoleResponse {
  const [unit, entity] = role(call, call.input.RoleName);
  return { Role: call.world.describe(unit, entity) as Role };
}

function listRoleTags(call: Call<ListRoleTagsRequest>): ListRoleTagsResponse {
  const [, entity] = role(call, call.input.RoleName);
  const { MaxItems = customary, Marker } = call.input;
  const page = sliceOf(tagList(entity.tags), { limit: MaxItems, token: Marker });
  return { Tags: [...page.items], IsTruncated: page.next !== undefined, ...(page.next ? { Marker: page.next } : {}) };
}

/** Roles only: users, groups and policies are not modelled. */
function getAccountAuthorizationDetails(
  call: Call<GetAccountAuthorizationDetailsRequest>,
): GetAccountAuthorizationDetailsResponse {
  const { Filter } = call.input;
  if (Filter && Filter.length > 0 && !Filter.includes('Role')) return { RoleDetailList: [], IsTruncated: false };
  const { roles, ...page } = rolePage(call);
  const RoleDetailList = roles.map(({ Description: _text, MaxSessionDuration: _max, ...rest }) => ({
    ...rest,
    InstanceProfileList: [],
    RolePolicyList: [],
    AttachedManagedPolicies: [],
  }));
  return { RoleDetailList, ...page };
}

function role(call: Call<unknown>, name = '') {
  const [unit] = unitsOf(call, 'iam_role');
  const entity = unit && call.world.find(unit, name);
  if (!unit || !entity) throw new ApiError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  return [unit, entity] as const;
}

export const iam: Handlers = {
  ListRoles: listRoles,
  GetRole: getRole,
  ListRoleTags: listRoleTags,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  ...iamChanges,
};
