/**
 * One AWS service as the wire layer needs it, read from the runtime schemas that every SDK client package exports:
 * an operation is a tuple `[9, namespace, name, traits, input, output]` (@smithy/types StaticOperationSchema). The
 * layout is internal to the SDK, so the round-trip test in this folder guards each version bump.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import type { $Codec, $Schema, SchemaTraitsObject } from '@smithy/types';

type Protocol = 'ec2Query' | 'awsQuery' | 'awsJson1_0' | 'awsJson1_1' | 'restJson1' | 'restXml';

/** The http trait of a REST operation: constant query parameters and a pattern with a group per label. */
export interface HttpBinding {
  readonly method: string;
  readonly status: number;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** Query parameters and headers that every such request has. */
  readonly needs: { readonly query: readonly string[]; readonly headers: readonly string[] };
  /** Characters of the path outside labels: of two patterns that match, the longer one is meant. */
  readonly literal: number;
}

export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly traits: SchemaTraitsObject;
  readonly http?: HttpBinding;
  /** S3: the request addresses a bucket. */
  readonly takesBucket: boolean;
}

export interface Service {
  /** The SDK's service id: `EC2`, `IAM`, `CloudWatch`. */
  readonly id: string;
  readonly protocol: Protocol;
  readonly signingName: string;
  readonly operations: ReadonlyMap<string, Operation>;
  /** REST operations, the most specific first. */
  readonly routes: readonly Operation[];
  /** Prefix of X-Amz-Target, "" where the protocol has none. */
  readonly targetPrefix: string;
  /** `Version` of the query protocols. */
  readonly version: string;
  readonly xmlNamespace: string;
  /** Reads and writes bodies; the query protocols have none. */
  readonly codec?: $Codec<Uint8Array | string, Uint8Array | string>;
}

/** What is read of an SDK protocol object; its own types keep these private. */
interface ProtocolInside {
  getShapeId(): string;
  readonly options?: { readonly version?: string; readonly xmlNamespace?: string };
  readonly serviceTarget?: string;
  readonly codec?: Service['codec'];
}
interface ClientInside {
  readonly config: {
    readonly protocol: ProtocolInside;
    readonly serviceId: string;
    readonly defaultSigningName: string;
  };
}
type ClientConstructor = new (config: object) => ClientInside;
type OperationTuple = [
  9,
  string,
  string,
  SchemaTraitsObject | number,
  $Schema | (() => $Schema),
  $Schema | (() => $Schema),
];

/** An SDK client package as imported: `import * as ec2 from '@aws-sdk/client-ec2'`. */
export type ClientPackage = Readonly<Record<string, unknown>>;

/** Reads a client package's schemas. Throws when the package exports no client. */
export function loadService(pkg: ClientPackage): Service {
  const { config } = new (clientConstructor(pkg))({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  const operations = new Map<string, Operation>();
  for (const value of Object.values(pkg)) if (isOperation(value)) operations.set(value[2], operationOf(value));
  const { protocol } = config;
  return {
    id: config.serviceId,
    protocol: protocol.getShapeId().split('#')[1] as Protocol,
    signingName: config.defaultSigningName,
    operations,
    routes: [...operations.values()].filter((operation) => operation.http).sort(mostSpecificFirst),
    targetPrefix: protocol.serviceTarget ?? '',
    version: protocol.options?.version ?? '',
    xmlNamespace: protocol.options?.xmlNamespace ?? '',
    ...(protocol.codec ? { codec: protocol.codec } : {}),
  };
}

/** The client class of a package; `__Client` and the aggregated client's base are not it. */
export function clientConstructor(pkg: ClientPackage): ClientConstructor {
  const found = Object.entries(pkg).find(
    ([name, value]) => typeof value === 'function' && /^[A-Z]\w*Client$/.test(name),
  );
  if (!found) throw new Error('the package exports no client');
  return found[1] as ClientConstructor;
}

function isOperation(value: unknown): value is OperationTuple {
  return Array.isArray(value) && value[0] === 9;
}

function operationOf([, , name, traits, input, output]: OperationTuple): Operation {
  const all = typeof traits === 'object' ? traits : {};
  const inputSchema = NormalizedSchema.of(input);
  return {
    name,
    traits: all,
    input: inputSchema,
    output: NormalizedSchema.of(output),
    takesBucket:
      inputSchema.isStructSchema() && [...inputSchema.structIterator()].some(([member]) => member === 'Bucket'),
    ...(all.http ? { http: { ...httpBinding(all.http), needs: needsOf(inputSchema) } } : {}),
  };
}

/** Required members come first in the SDK's lists; their number is the schema's seventh entry. */
function needsOf(input: NormalizedSchema): HttpBinding['needs'] {
  const needs = { query: [] as string[], headers: [] as string[] };
  if (!input.isStructSchema()) return needs;
  const required = (input.getSchema() as unknown as { readonly 6?: number })[6] ?? 0;
  for (const [, member] of [...input.structIterator()].slice(0, required)) {
    const { httpQuery, httpHeader } = member.getMergedTraits();
    if (httpQuery) needs.query.push(httpQuery);
    if (httpHeader) needs.headers.push(httpHeader.toLowerCase());
  }
  return needs;
}

function httpBinding([method, uri, status]: [string, string, number]): Omit<HttpBinding, 'needs'> {
  const [path = '/', query = ''] = uri.split('?');
  const labels: string[] = [];
  const source = path
    .replace(/[.*?^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}+]+)(\+?)\}/g, (_, label: string, greedy: string) => {
      labels.push(label);
      return greedy ? '(.+?)' : '([^/]+)';
    });
  return {
    method,
    status,
    // x-id only repeats the operation's name; not every SDK sends it.
    query: [...new URLSearchParams(query)].filter(([parameter]) => parameter !== 'x-id'),
    pattern: new RegExp(`^${source}/?$`),
    labels,
    literal: path.replace(/\{[^}]+\}/g, '').length,
  };
}

function mostSpecificFirst(a: Operation, b: Operation): number {
  const [x, y] = [a.http as HttpBinding, b.http as HttpBinding];
  const needed = ({ needs }: HttpBinding) => needs.query.length + needs.headers.length;
  return (
    y.query.length - x.query.length ||
    y.literal - x.literal ||
    x.labels.length - y.labels.length ||
    needed(y) - needed(x)
  );
}
