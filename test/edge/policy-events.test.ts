/** Seed 004's tests, under its names, against the engine as it runs: what is decided and changed, and what is told of it. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clientOf } from '../../lib/contract.ts';
import type { cloudEventOf, Envelope } from '../../lib/policy-event/envelope.ts';
import { eventsContract } from '../../services/events/events.contract.ts';
import { until } from '../support/until.ts';
import { type Rig, rig } from './rig.ts';

const rules = (effect: string): string => `name: files
rules:
  - name: secret-files
    effect: ${effect}
    reason: "{agent.id} may not read {resource.name}"
    when: {field: resource.kind, equals: secret}
  - name: watched-files
    effect: audit
    reason: "reads of {resource.name} are recorded"
    when: {field: resource.kind, equals: watched}
  - name: old-files
    effect: warn
    reason: "{resource.name} is old"
    when: {field: resource.kind, equals: old}
  - name: other-files
    effect: allow
    reason: "anybody may read it"
    when: {field: resource.kind, equals: public}
`;

interface Heard {
  readonly events: Envelope[];
  close(): void;
}
let edge: Rig;
let hook: Server;
const posted: { headers: Record<string, unknown>; body: string }[] = [];
const secret = 'a secret of twenty-four bytes';
let heard: Heard;

/** The reusable fixture: a listener to the stream of events of one rig. */
async function listen(query = ''): Promise<Heard> {
  const socket = new WebSocket(`${edge.ws}/v1/stream/events?tenant_id=agents${query}`);
  const events: Envelope[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.type === 'event') events.push(message.data);
  });
  await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
  return { events, close: () => socket.close() };
}

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      posted.push({ headers: request.headers, body });
      // The first attempt fails: it is made again, with the same id.
      response.statusCode = posted.length === 1 ? 500 : 204;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/in`;
  edge = await rig({
    'events.webhooks': { soc: { url, secret, types: ['policy.deleted'], format: 'cloudevents', tenants: [] } },
    'events.allow_private': true,
  });
  heard = await listen();
  await create('files', rules('deny'));
  // It is told after its answer, and would be taken for what the first test causes.
  await told(1);
  heard.events.length = 0;
});
afterEach(() => {
  heard.events.length = 0;
});
afterAll(async () => {
  heard.close();
  await edge[Symbol.asyncDispose]();
  hook.close();
});

const create = (id: string, text: string, kind = 'rules') =>
  edge.call(`/api/policies/agents/${id}`, { body: { name: id, kind, text }, headers: { 'x-correlation-id': 'req-7' } });
const evaluate = (kind: string) =>
  edge.call('/api/policies/evaluate', {
    body: {
      tenant_id: 'agents',
      agent: { id: 'agent-1' },
      action: 'read',
      resource: { kind, name: 'notes.txt' },
      context: { why: 'test' },
    },
    headers: { 'x-correlation-id': 'req-42' },
  });
const types = () => heard.events.map(({ type }) => type);
const told = (count: number) => until(types, (all) => all.length >= count);

describe('policy events', () => {
  test('test_policy_evaluated_event_on_allow', async () => {
    expect((await evaluate('public')).body).toMatchObject({
      allowed: true,
      effect: 'allow',
      matched_policy: 'files',
      matched_rule: 'other-files',
    });
    await told(1);
    expect(types()).toEqual(['policy.evaluated']);
    expect(heard.events[0]?.payload).toMatchObject({
      agent_id: 'agent-1',
      action: 'read',
      result: { allowed: true, effect: 'allow', reason: 'anybody may read it' },
      matched_policy: 'files',
      matched_rule: 'other-files',
      evaluation_time_ms: expect.any(Number),
      context: { context: { why: 'test' } },
    });
  });

  test('test_policy_evaluated_event_on_deny', async () => {
    expect((await evaluate('secret')).body).toMatchObject({ allowed: false, effect: 'deny' });
    await told(2);
    expect(heard.events[0]?.payload['result']).toEqual({
      allowed: false,
      effect: 'deny',
      reason: 'agent-1 may not read notes.txt',
    });
  });

  test('test_policy_denied_event_published', async () => {
    await evaluate('secret');
    await told(2);
    expect(heard.events[1]).toMatchObject({
      type: 'policy.denied',
      payload: { agent_id: 'agent-1', matched_rule: 'secret-files' },
    });
  });

  test('test_policy_warning_triggered_event', async () => {
    expect((await evaluate('old')).body).toMatchObject({
      allowed: true,
      effect: 'warn',
      warnings: ['notes.txt is old'],
    });
    await told(2);
    expect(heard.events[1]).toMatchObject({
      type: 'policy.warning_triggered',
      payload: { warnings: ['notes.txt is old'] },
    });
  });

  test('test_policy_audit_required_event', async () => {
    expect((await evaluate('watched')).body).toMatchObject({ allowed: true, effect: 'audit' });
    await told(2);
    expect(heard.events[1]).toMatchObject({
      type: 'policy.audit_required',
      payload: { result: { allowed: true, effect: 'audit' } },
    });
  });

  test('test_policy_created_event', async () => {
    const { status, headers } = await create('new', 'package tenants.agents\n\nnew := true\n', 'rego');
    expect([status, headers.get('etag')]).toEqual([201, '"1"']);
    await told(1);
    expect(heard.events[0]).toMatchObject({
      type: 'policy.created',
      payload: { policy_id: 'new', version: 1, policy: { kind: 'rego' } },
    });
  });

  test('test_policy_updated_event', async () => {
    const put = (etag: string, body: object) =>
      edge.call('/api/policies/agents/new', { method: 'PUT', headers: { 'if-match': etag }, body });
    const draft = { name: 'newer', kind: 'rego', text: 'package tenants.agents\n\nnew := false\n', enabled: false };
    expect((await put('"7"', draft)).status).toBe(412);
    expect(
      (await put('"1"', { ...draft, enabled: true, text: 'package tenants.agents\n\nnew if y\n' })).body,
    ).toMatchObject({ code: 'POLICY_SYNTAX', message: expect.stringContaining('api/new.rego:3:8') });
    expect((await put('"1"', draft)).headers.get('etag')).toBe('"2"');
    await told(1);
    expect(heard.events[0]).toMatchObject({
      type: 'policy.updated',
      payload: {
        policy_id: 'new',
        changes: { name: { old: 'new', new: 'newer' }, enabled: { old: true, new: false } },
      },
    });
    expect(Object.keys(heard.events[0]?.payload['changes'] as object).sort()).toEqual(['enabled', 'name', 'text']);
  });

  test('test_policy_deleted_event', async () => {
    expect((await edge.call('/api/policies/agents/new', { method: 'DELETE' })).status).toBe(428);
    expect(
      (await edge.call('/api/policies/agents/new', { method: 'DELETE', headers: { 'if-match': '"2"' } })).body,
    ).toMatchObject({ name: 'newer', version: 2 });
    await told(1);
    expect(heard.events[0]).toMatchObject({
      type: 'policy.deleted',
      payload: { policy_id: 'new', policy: { name: 'newer', version: 2 } },
    });
    expect((await edge.call('/api/policies/agents/new')).status).toBe(404);
  });

  test('test_event_lifecycle_deny', async () => {
    await evaluate('secret');
    await told(2);
    expect(types()).toEqual(['policy.evaluated', 'policy.denied']);
    const [evaluated, denied] = heard.events;
    expect(denied?.payload['decision_id']).toBe(evaluated?.payload['decision_id']);
    expect(denied?.id).not.toBe(evaluated?.id);
  });

  test('test_event_envelope_charter_compliance', async () => {
    await evaluate('public');
    await told(1);
    const [event] = heard.events;
    expect(Object.keys(event ?? {}).sort()).toEqual(['id', 'meta', 'payload', 'source', 'target', 'timestamp', 'type']);
    expect(event).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      source: 'policy_engine',
      target: null,
      meta: { correlation_id: 'req-42', version: '1.0' },
    });
    expect(Math.abs(Date.now() / 1000 - (event?.timestamp ?? 0))).toBeLessThan(60);
  });
});

test('what is wrong with a draft is told with its field', async () => {
  const { status, body } = await create('odd', 'package tenants.agents', 'regoo');
  expect([status, body.message]).toEqual([400, 'body.kind must be one of rego, rules']);
  expect((await create('../up', 'package tenants.agents', 'rego')).status).toBe(404);
  expect((await create('UP', 'package tenants.agents', 'rego')).body.message).toContain('a policy id has');
});

describe('consumers', () => {
  test('a webhook gets what it asked for, signed, once more with the same id after a failure', async () => {
    const [first, second] = await until(
      () => posted,
      (all) => all.length >= 2,
    );
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      specversion: '1.0',
      type: 'dev.elava.policy.deleted',
      tenantid: 'agents',
    });
    const signed = `${String(second?.headers['webhook-id'])}.${String(second?.headers['webhook-timestamp'])}.${second?.body ?? ''}`;
    expect(second?.headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
    );
  });

  test('the same event as a CloudEvent, and only the types that were asked for', async () => {
    const clouds = await listen('&format=cloudevents&types=policy.denied');
    await evaluate('secret');
    const [event] = (await until(
      () => clouds.events,
      (all) => all.length === 1,
    )) as unknown as ReturnType<typeof cloudEventOf>[];
    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'dev.elava.policy.denied',
      source: '/tenants/agents/policy_engine',
      correlationid: 'req-42',
    });
    expect(Object.keys(event ?? {}).every((name) => /^[a-z0-9]+$/.test(name))).toBe(true);
    clouds.close();
    await told(2);
  });

  test('emitted is delivered and counted drops, exactly', async () => {
    const value = async (metric: 'eventsEmitted' | 'eventsDelivered' | 'eventsDropped') =>
      (await edge.metrics[metric].get()).values.reduce((sum, one) => sum + one.value, 0);
    // What the tests before have caused is told first: events keep their order.
    await evaluate('watched');
    await until(types, (all) => all.includes('policy.audit_required'));
    await until(
      async () => (await edge.metrics.streamClients.get()).values,
      (clients) => clients.every((one) => one.value === 1),
    );
    await until(
      async () => (await clientOf(eventsContract, edge.broker).consumers({})).consumers,
      (all) => all.every(({ waiting }) => waiting === 0),
    );
    heard.events.length = 0;
    const before = [await value('eventsEmitted'), await value('eventsDelivered'), await value('eventsDropped')];
    await Promise.all(Array.from({ length: 50 }, () => evaluate('public')));
    await told(50);
    expect((await value('eventsEmitted')) - (before[0] ?? 0)).toBe(50);
    expect(
      (await value('eventsDelivered')) + (await value('eventsDropped')) - (before[1] ?? 0) - (before[2] ?? 0),
    ).toBe(50);
  });

  test('a policy whose highest priority decides, and a default effect where none matches', async () => {
    const made = await create(
      'first',
      'name: first\npriority: 50\nrules:\n  - {name: all, effect: deny, reason: closed, when: {field: resource.kind, equals: public}}\n',
    );
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    expect((await evaluate('public')).body).toMatchObject({ allowed: false, matched_policy: 'first' });
    expect((await evaluate('nothing-like-it')).body).toMatchObject({
      allowed: true,
      matched_policy: null,
      matched_rule: null,
    });
  });
});
