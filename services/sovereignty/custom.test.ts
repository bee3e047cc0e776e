import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { createLogger } from '../../lib/log.ts';
import { CustomHandler } from './custom.ts';
import type { Violation } from './sovereignty.contract.ts';

const violation = (name: string, action = 'custom'): Violation => ({
  policy: 'finance/eu',
  action,
  kind: 'Pod',
  namespace: 'finance',
  name,
  fault: 'no-affinity',
  message: 'it has no required node affinity',
  node: '',
  region: '',
  account: '',
});
const log = createLogger({ level: 'silent' });
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 200;
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.writeHead(status).end();
  });
});
const called: unknown[] = [];
const broker = new ServiceBroker({ logger: false });
broker.createService({
  name: 'residency',
  actions: {
    handle: (ctx: { params: unknown }) => {
      called.push(ctx.params);
    },
  },
});
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await broker.start();
});
afterAll(async () => {
  await broker.stop();
  server.closeAllConnections();
  server.close();
});

test('hands new violations of custom policies to the webhook, signed, and to the action', async () => {
  const secret = 'a secret of twenty-four bytes';
  const handler = new CustomHandler({ url, secret, action: 'residency.handle' }, broker, log);
  const left = await handler.handle([violation('mine'), violation('denied', 'deny')]);
  expect(left).toEqual([]);
  const { headers, body } = received[0]!;
  expect(JSON.parse(body)).toEqual({ type: 'sovereignty.violations', data: { violations: [violation('mine')] } });
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  expect(called).toEqual([{ violations: [violation('mine')] }]);
});

test('gives back what the handler did not take, to be handed over again', async () => {
  status = 500;
  const handler = new CustomHandler({ url, secret: '', action: '' }, broker, log);
  expect(await handler.handle([violation('mine')])).toEqual([violation('mine')]);
  status = 200;
  expect(await handler.handle([violation('mine')])).toEqual([]);
});

test('asks nobody when there is nothing for it', async () => {
  const before = received.length;
  const handler = new CustomHandler({ url, secret: '', action: 'residency.handle' }, broker, log);
  expect(await handler.handle([violation('denied', 'deny')])).toEqual([]);
  expect(received).toHaveLength(before);
});
