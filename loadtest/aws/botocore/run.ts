/**
 * Every operation of every loaded client through botocore, which reads its own models of AWS and not the ones that this
 * simulator is made of: `npm run test:botocore`. Makes a virtual environment under ~/.cache the first time. Ends with
 * `N passed, N failed`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { packages } from '../server/api/index.ts';
import { randomInput, streams } from '../wire/random-call.ts';
import { randomValue } from '../wire/random-shape.ts';
import { type DecodedRequest, RequestDecoder } from '../wire/request.ts';
import { encodeResponse, type HttpResponse } from '../wire/response.ts';
import { loadService, type Operation, type Service } from '../wire/service.ts';
import { Dice, hashText } from '../world/random.ts';
import { exceptions, names } from './exceptions.ts';
import { comparable, transportable } from './transport.ts';

const version = '1.44.5';
const venv = join(homedir(), '.cache', 'elava', `botocore-${version}`);

interface Told {
  readonly unknown?: boolean;
  readonly sent?: unknown;
  readonly difference?: string;
}

/** The Python that has botocore; installs it where there is none. */
function python(): string {
  const found = join(venv, 'bin', 'python');
  // Put there by the last package that is installed.
  if (existsSync(join(venv, 'bin', 'jp.py'))) return found;
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', venv],
    [join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', `botocore==${version}`],
  ] as const) {
    if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0) throw new Error(`${command} failed`);
  }
  return found;
}

const services = packages.map(loadService);
const decoder = new RequestDecoder(services);
/** What the server says next, and what it understood last. */
const state: { output: object; seen: DecodedRequest | undefined } = { output: {}, seen: undefined };

async function understand(request: IncomingMessage): Promise<HttpResponse> {
  const { method = '', url = '', headers } = request;
  const received = { method, url, headers, body: await buffer(request) };
  const service = decoder.serviceOf(received);
  state.seen = service && (await decoder.decode(service, received));
  if (!state.seen) return { status: 404, headers: {}, body: '' };
  return encodeResponse(state.seen.service, state.seen.operation, state.output, 'id');
}

async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    understand(request).then(
      ({ status, headers, body }) =>
        response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

type Ask = (line: object) => Promise<Told>;

function askerOf(child: ChildProcess): Ask {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the client has no pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (line) => {
    stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('botocore ended');
    return JSON.parse(value) as Told;
  };
}

/** What differs: "" when nothing does, undefined for an operation that botocore has not. */
async function tryOne(ask: Ask, service: Service, operation: Operation): Promise<string | undefined> {
  const dice = new Dice(hashText(`botocore/${service.id}/${operation.name}`));
  const input = randomInput(service, operation, dice);
  state.output = operation.output.isUnitSchema() ? {} : (randomValue(operation.output, dice) ?? {});
  state.seen = undefined;
  const line = { input: transportable(input), output: transportable(state.output) };
  const told = await ask({ service: names[service.id], operation: operation.name, ...line });
  if (told.unknown) return undefined;
  const seen = state.seen as DecodedRequest | undefined;
  if (seen?.operation.name !== operation.name) return `taken for ${seen?.operation.name}: ${told.difference}`;
  if (told.difference) return `output: ${told.difference}`;
  const [got, sent] = [comparable(seen.input), comparable(told.sent)];
  return isDeepStrictEqual(got, sent) ? '' : `input: ${JSON.stringify(got)} was ${JSON.stringify(sent)}`.slice(0, 400);
}

/** An exception that no operation bears any more hides nothing, but it says something wrong. */
function staleExceptions(): string[] {
  const known = new Set(
    services.flatMap(({ id, operations }) => [...operations.keys()].map((name) => `${id}.${name}`)),
  );
  return Object.keys(exceptions).flatMap((name) => (known.has(name) ? [] : [`${name}: no such operation`]));
}

async function tryAll(ask: Ask): Promise<{ passed: number; failures: string[]; skipped: number }> {
  const result = { passed: 0, failures: staleExceptions(), skipped: 0 };
  for (const service of services) {
    for (const operation of service.operations.values()) {
      const name = `${service.id}.${operation.name}`;
      const left = streams(operation.input) || streams(operation.output) || name in exceptions;
      const difference = left ? undefined : await tryOne(ask, service, operation);
      if (difference === undefined) result.skipped += 1;
      else if (difference === '') result.passed += 1;
      else result.failures.push(`${name}: ${difference}`);
    }
  }
  return result;
}

const server = await serve();
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const script = fileURLToPath(new URL('client.py', import.meta.url));
const child = spawn(python(), [script, endpoint], { stdio: ['pipe', 'pipe', 'inherit'] });
try {
  const { passed, failures, skipped } = await tryAll(askerOf(child));
  for (const failure of failures) console.log(`FAIL ${failure}`);
  console.log(`${skipped} left out: unknown to botocore ${version}, streaming, or an exception with a reason`);
  console.log(`${passed} passed, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  child.stdin?.end();
  server.closeAllConnections();
  server.close();
}
