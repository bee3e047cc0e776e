/** Many inputs in one request, in the form of Enterprise OPA, which its clients use where it is there. */
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { codeOf, elavaError, errorTable, messageOf } from '../../../lib/errors.ts';
import { isObject } from '../../../lib/is-object.ts';
import { ownTenant } from '../auth/access.ts';
import { opaError } from '../errors.ts';
import type { Route, Services } from '../route.ts';
import { readOpaBodies } from './bodies.ts';
import { decide, opaConfig } from './data.ts';
import { partsOf } from './data-path.ts';
import { batch } from './schemas.ts';

const maxInputs = 1000;

export const batchRoute: Route = (server, services) => {
  void server.register(async (scope) => {
    readOpaBodies(scope);
    scope.post('/v1/batch/data/*', { schema: batch, config: opaConfig }, async (request, reply) => {
      const parts = partsOf(request.url, '/v1/batch/data');
      if (parts[0] !== 'tenants') throw elavaError('NOT_FOUND', 'there is no such document');
      ownTenant(request.principal, parts[1] ?? '');
      const inputs = inputsOf(request.body);
      const answered = await Promise.all(inputs.map(([id, value]) => one(services, request, { id, parts, value })));
      const failed = answered.filter(({ status }) => status !== 200).length;
      const status = failed === 0 ? 200 : failed === answered.length ? 500 : 207;
      const responses = answered.map((each) => [
        each.id,
        status === 207 ? { ...each.body, http_status_code: String(each.status) } : each.body,
      ]);
      const body = { batch_decision_id: randomUUID(), responses: Object.fromEntries(responses) };
      return reply
        .code(status)
        .type('application/json')
        .send(`${JSON.stringify(body)}\n`);
    });
  });
};

interface One {
  readonly id: string;
  readonly parts: readonly string[];
  readonly value: unknown;
}

/** What is wrong with one of them is in its own answer. */
async function one(services: Services, request: FastifyRequest, { id, parts, value }: One) {
  const shape = parts.length === 3 && parts[2] === 'allow';
  try {
    const decision = await decide(services, request, { parts, input: { isThere: true, value }, shape });
    const result = decision.value === undefined ? {} : { result: decision.value };
    return { id, status: 200, body: { decision_id: decision.id, ...result } };
  } catch (error) {
    const code = codeOf(error);
    const data = (error as { data?: { errors?: object[] } }).data;
    return { id, status: errorTable[code].status, body: opaError(code, messageOf(error), data?.errors) };
  }
}

/** Errors: INVALID_REQUEST. */
function inputsOf(body: unknown): Array<[string, unknown]> {
  const { inputs, common_input: common } = (body ?? {}) as { inputs?: unknown; common_input?: unknown };
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
    throw elavaError('INVALID_REQUEST', 'inputs is no object of inputs by a name');
  }
  const all = Object.entries(inputs);
  if (all.length > maxInputs) throw elavaError('INVALID_REQUEST', `more than ${maxInputs} inputs`);
  return all.map(([id, value]) => [id, merged(common, value)]);
}

/** What an input says for itself comes before what is said for all. */
function merged(common: unknown, value: unknown): unknown {
  if (!isObject(common) || !isObject(value)) return value ?? common;
  const keys = new Set([...Object.keys(common), ...Object.keys(value)]);
  return Object.fromEntries(
    Array.from(keys, (key) => [key, key in value ? merged(common[key], value[key]) : common[key]]),
  );
}
