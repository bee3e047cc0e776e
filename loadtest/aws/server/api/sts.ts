import type { AssumeRoleRequest, AssumeRoleResponse, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { issueCredentials } from '../identity.ts';

function getCallerIdentity({ caller }: Call): GetCallerIdentityResponse {
  return { UserId: caller.userId, Account: caller.account.id, Arn: caller.arn };
}

/** Any role name of an account of the estate may be assumed; trust policies are not evaluated. */
function assumeRole({ world, caller, input }: Call<AssumeRoleRequest>): AssumeRoleResponse {
  const { RoleArn = '', RoleSessionName = '', DurationSeconds = 3600 } = input;
  const found = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(RoleArn);
  const account = found && world.account(found[1] as string);
  if (!found || !account || account.suspended) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
    throw new ApiError('AccessDenied', message, 403);
  }
  const role = found[2] as string;
  return {
    Credentials: issueCredentials(account, {
      role,
      name: RoleSessionName,
      expires: Date.now() + DurationSeconds * 1000,
      since: world.now(),
      chain: caller.role ? [...caller.role.chain, caller.arn] : [caller.arn],
    }),
    AssumedRoleUser: {
      AssumedRoleId: `AROASIM${account.id}:${RoleSessionName}`,
      Arn: `arn:aws:sts::${account.id}:assumed-role/${role}/${RoleSessionName}`,
    },
  };
}

export const sts: Handlers = { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole };
