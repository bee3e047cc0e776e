/** Every operation of every loaded client, through the unmodified SDK and back, with random inputs and outputs. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packages } from '../server/api/index.ts';
import { Dice, hashText } from '../world/random.ts';
import { randomInput, streams } from './random-call.ts';
import { randomValue } from './random-shape.ts';
import { type DecodedRequest, RequestDecoder } from './request.ts';
import { encodeResponse, type HttpResponse } from './response.ts';
import { type ClientPackage, clientConstructor, loadService, type Operation, type Service } from './service.ts';

/** Operations that cannot come back as they went, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'S3.HeadObject': 'the client adds ExpiresString to the answer itself',
  'SQS.SendMessage': 'the client checks the MD5 of what it sent against the answer',
  'SQS.ReceiveMessage': 'the client checks the MD5 of each message that it gets',
  'EC2.CopySnapshot': 'the client adds PresignedUrl and DestinationRegion to the input itself',
};
const seeds = [1, 2];

interface Sdk {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}
type SdkConstructor = new (config: object) => Sdk;
type CommandConstructor = new (input: object) => object;

const services = packages.map(loadService);
const decoder = new RequestDecoder(services);
let server: Server;
let endpoint: string;
/** What the server says next, and what it understood last. */
let output: object = {};
const seen: { request?: DecodedRequest | undefined } = {};

async function understand(request: IncomingMessage): Promise<HttpResponse> {
  const { method = '', url = '', headers } = request;
  const received = { method, url, headers, body: await buffer(request) };
  const service = decoder.serviceOf(received);
  seen.request = service && (await decoder.decode(service, received));
  if (!seen.request) return { status: 404, headers: {}, body: '' };
  return encodeResponse(seen.request.service, seen.request.operation, output, 'id');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    understand(request).then(
      ({ status, headers, body }) =>
        response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What differs after one round trip: "" when nothing does. */
async function roundTrip(
  pkg: ClientPackage,
  client: Sdk,
  service: Service,
  operation: Operation,
  seed: number,
): Promise<string> {
  const dice = new Dice(hashText(`${seed}/${service.id}/${operation.name}`));
  const input = randomInput(service, operation, dice);
  const sent = structuredClone(input);
  output = operation.output.isUnitSchema() ? {} : (randomValue(operation.output, dice) ?? {});
  seen.request = undefined;
  const Command = pkg[`${operation.name}Command`] as CommandConstructor;
  const { $metadata: _metadata, ...received } = await client
    .send(new Command(input))
    .catch((error: Error): Record<string, unknown> => ({ error: String(error) }));
  const request = seen.request as DecodedRequest | undefined;
  if (request?.operation.name !== operation.name)
    return `took for ${request?.operation.name}: ${JSON.stringify(received.error)}`;
  if (!isDeepStrictEqual(structuredClone(request.input), sent)) return 'input differs';
  return isDeepStrictEqual(structuredClone(received), structuredClone(output))
    ? ''
    : `output differs ${JSON.stringify(received.error ?? '')}`;
}

describe('every operation comes through the SDK as it was', () => {
  test.each(services.map((service, i) => [service.id, service, packages[i] as ClientPackage] as const))(
    '%s',
    async (_id, service, pkg) => {
      const Client = clientConstructor(pkg) as unknown as SdkConstructor;
      const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
      const client = new Client({
        region: 'us-east-1',
        endpoint,
        credentials,
        maxAttempts: 1,
        disableHostPrefix: true,
      });
      const wrong: string[] = [];
      let tried = 0;
      for (const operation of service.operations.values()) {
        const name = `${service.id}.${operation.name}`;
        if (streams(operation.input) || streams(operation.output) || name in exceptions) continue;
        for (const seed of seeds) {
          const difference = await roundTrip(pkg, client, service, operation, seed);
          if (difference) wrong.push(`${name}: ${difference}`);
          tried += 1;
        }
      }
      client.destroy();
      expect(wrong).toEqual([]);
      expect(tried).toBeGreaterThan(7 * seeds.length);
    },
  );

  test('each exception is an operation that exists', () => {
    const names = services.flatMap(({ id, operations }) => [...operations.keys()].map((name) => `${id}.${name}`));
    expect(names).toEqual(expect.arrayContaining(Object.keys(exceptions)));
  });
});
