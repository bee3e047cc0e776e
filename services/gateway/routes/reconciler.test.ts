/** Who asks is who is signed in, whatever the body says; the page of links does nothing by itself. */
import { expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { developer, type Principal } from '../auth/principal.ts';
import type { Services } from '../route.ts';
import { reconcilerRoute } from './reconciler.ts';

async function asked(principal: Principal, url: string, body: object) {
  const calls: object[] = [];
  const client = new Proxy({}, { get: () => async (params: object) => (calls.push(params), {}) });
  const server = Fastify({ ajv: { customOptions: { removeAdditional: false } } });
  server.decorateRequest('principal');
  server.addHook('onRequest', async (request) => {
    request.principal = principal;
  });
  await reconcilerRoute(server, { client: () => client } as unknown as Services);
  const response = await server.inject({ method: 'POST', url, payload: body });
  await server.close();
  return { status: response.statusCode, calls };
}
const ada: Principal = { id: 'user:ada', role: 'approver', tenants: '*' };

test('nobody approves in the name of somebody else', async () => {
  const { calls } = await asked(ada, '/api/reconciler/approve', { items: ['p-1-1'], by: 'bob' });
  expect(calls).toEqual([{ items: ['p-1-1'], by: 'user:ada' }]);
  expect((await asked(ada, '/api/reconciler/stop', { reason: 'x' })).calls).toEqual([{ reason: 'x', by: 'user:ada' }]);
});

test('where nobody is signed in the name is taken on trust', async () => {
  expect((await asked(developer, '/api/reconciler/approve', { items: ['p-1-1'], by: 'bob' })).calls).toEqual([
    { items: ['p-1-1'], by: 'bob' },
  ]);
  expect((await asked(developer, '/api/reconciler/approve', { items: ['p-1-1'] })).calls).toEqual([
    { items: ['p-1-1'], by: developer.id },
  ]);
});

test('a wrong body is refused, and the loop cannot be reached', async () => {
  expect(await asked(ada, '/api/reconciler/approve', { items: [] })).toEqual({ status: 400, calls: [] });
  expect(await asked(ada, '/api/reconciler/loop', { on: true })).toEqual({ status: 404, calls: [] });
});

test('the page of links asks nothing when it is fetched, and runs no script but its own', async () => {
  const server = Fastify();
  await reconcilerRoute(server, { client: () => ({}) } as unknown as Services);
  const page = await server.inject('/answer');
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  expect(page.body).not.toMatch(/<script>|onclick/);
  expect((await server.inject('/answer.js')).statusCode).toBe(200);
  await server.close();
});
