import type {
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  ListFunctionsRequest,
  ListFunctionsResponse,
  ListTagsRequest,
  ListTagsResponse,
} from '@aws-sdk/client-lambda';
import type { Unit } from '../../world/estate.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, unitsOf } from '../paging.ts';

/** At most fifty a page, whatever is asked for. */
function listFunctions(call: Call<ListFunctionsRequest>): ListFunctionsResponse {
  const { MaxItems, Marker } = call.input;
  const units = unitsOf(call, 'lambda');
  const page = pageOf(call, units, {
    limit: pageLimit(MaxItems, 50),
    token: Marker,
    badToken: 'InvalidParameterValueException',
  });
  const Functions = page.entities.map(
    (entity) => call.world.describe(units[0] as Unit, entity) as FunctionConfiguration,
  );
  return { Functions, ...(page.next === undefined ? {} : { NextMarker: page.next }) };
}

function listTags(call: Call<ListTagsRequest>): ListTagsResponse {
  const [, entity] = lambdaFunction(call, call.input.Resource);
  return { Tags: { ...entity.tags } };
}

function getFunctionConfiguration(call: Call<GetFunctionConfigurationRequest>): FunctionConfiguration {
  const [unit, entity] = lambdaFunction(call, call.input.FunctionName);
  return { ...call.world.describe(unit, entity), State: 'Active', LastUpdateStatus: 'Successful' };
}

/** By name or ARN. */
function lambdaFunction(call: Call<unknown>, ref: string | undefined) {
  const name = ref?.split(':').pop() ?? '';
  const [unit] = unitsOf(call, 'lambda');
  const entity = unit && call.world.find(unit, name);
  if (!unit || !entity) throw new ApiError('ResourceNotFoundException', `Function not found: ${ref}`, 404);
  return [unit, entity] as const;
}

export const lambda: Handlers = {
  ListFunctions: listFunctions,
  ListTags: listTags,
  GetFunctionConfiguration: getFunctionConfiguration,
};
