/** Cloud Control: any type by CloudFormation's name, with little more than its identifier. */
import type {
  GetResourceInput,
  GetResourceOutput,
  ListResourcesInput,
  ListResourcesOutput,
  ResourceDescription,
} from '@aws-sdk/client-cloudcontrol';
import { kinds } from '../../world/kinds/index.ts';
import { longTailTypes } from '../../world/long-tail.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, sliceOf, unitsOf } from '../paging.ts';
import { tokenAs } from './unit-list.ts';

const badToken = 'InvalidRequestException';

function listResources(call: Call<ListResourcesInput>): ListResourcesOutput {
  const { TypeName = '', MaxResults, NextToken } = call.input;
  const limit = pageLimit(MaxResults, 100);
  const request = { limit, token: NextToken, badToken };
  const page = longTailTypes.includes(TypeName)
    ? sliceOf(call.lists === 'nothing' ? [] : tailOf(call, TypeName), request)
    : modelled(call, TypeName, request);
  return { TypeName, ResourceDescriptions: [...page.items], ...tokenAs('NextToken', page.next) };
}

function tailOf({ world, caller, region }: Call<unknown>, TypeName: string): ResourceDescription[] {
  const all = [...world.longTail({ account: caller.account.id, region, type: TypeName })];
  return all.map(({ identifier, properties, tags }) => ({
    Identifier: identifier,
    Properties: JSON.stringify({ ...properties, Tags: tagList(tags) }),
  }));
}

function modelled(
  call: Call<unknown>,
  name: string,
  request: { limit: number; token: string | undefined; badToken: string },
) {
  const kind = Object.values(kinds).find(({ trail }) => trail.type === name);
  if (!kind) throw new ApiError('TypeNotFoundException', `The type '${name}' cannot be found.`);
  const page = pageOf(call, unitsOf(call, kind.type), request);
  const items = page.places.map(([unit, entity]): ResourceDescription => {
    const Properties = JSON.stringify({ Arn: kind.arn(unit, entity), Tags: tagList(entity.tags) });
    return { Identifier: entity.id, Properties };
  });
  return { ...page, items };
}

function getResource(call: Call<GetResourceInput>): GetResourceOutput {
  const { TypeName = '', Identifier = '' } = call.input;
  const found = tailOf(call, TypeName).find((one) => one.Identifier === Identifier);
  if (!found)
    throw new ApiError(
      'ResourceNotFoundException',
      `Resource of type '${TypeName}' with identifier '${Identifier}' was not found.`,
    );
  return { TypeName, ResourceDescription: found };
}

export const cloudcontrol: Handlers = { ListResources: listResources, GetResource: getResource };
