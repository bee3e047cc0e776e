/** From an HTTP request to `{service, operation, input}`, for every service that was loaded. */
import type { IncomingHttpHeaders } from 'node:http';
import { type FormNode, parseForm, readForm } from './query-request.ts';
import { readRest } from './rest-request.ts';
import type { HttpBinding, Operation, Service } from './service.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}
/** The SigV4 credential scope: who calls, where, and which service the caller means. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
}
export interface DecodedRequest {
  readonly service: Service;
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
}

/** The scope of the Authorization header, undefined for an unsigned request. */
export function credentialScope(headers: IncomingHttpHeaders): CredentialScope | undefined {
  const found = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  if (!found) return undefined;
  return { accessKeyId: found[1] as string, region: found[2] as string, signingName: found[3] as string };
}

/** Decodes requests to the given services. */
export class RequestDecoder {
  readonly #services: readonly Service[];

  constructor(services: readonly Service[]) {
    this.#services = services;
  }

  /** The service that a request means, undefined when none of the loaded ones is meant. */
  serviceOf(request: HttpRequest): Service | undefined {
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return this.#byTarget(target);
    const scope = credentialScope(request.headers);
    if (scope) {
      // Directory buckets are signed for a service of their own; the operations are S3's.
      const name = scope.signingName === 's3express' ? 's3' : scope.signingName;
      const found = this.#services.filter((service) => service.signingName === name);
      return found.length > 1 ? byVersion(found, request) : found[0];
    }
    // AssumeRoleWithSAML and WebIdentity come unsigned.
    return byVersion(this.#services, request);
  }

  /** The request decoded, or undefined when the service has no such operation. Throws on a malformed body. */
  async decode(service: Service, request: HttpRequest): Promise<DecodedRequest | undefined> {
    if (service.targetPrefix) return decodeJson(service, request);
    if (service.version && service.protocol.endsWith('Query')) return decodeQuery(service, request);
    return decodeRest(service, request);
  }

  #byTarget(target: string): Service | undefined {
    const prefix = target.slice(0, target.lastIndexOf('.'));
    // Older SDKs give CloudTrail's with its whole namespace before it.
    return this.#services.find(
      ({ targetPrefix }) => targetPrefix !== '' && (targetPrefix === prefix || prefix.endsWith(`.${targetPrefix}`)),
    );
  }
}

/** A query form names the version of its API: load balancers have two under one signing name. */
function byVersion(services: readonly Service[], request: HttpRequest): Service | undefined {
  if (!isForm(request)) return undefined;
  const { Version } = parseForm(text(request.body));
  return services.find((service) => service.version !== '' && service.version === Version);
}

async function decodeJson(service: Service, request: HttpRequest): Promise<DecodedRequest | undefined> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = service.operations.get(target.slice(target.lastIndexOf('.') + 1));
  if (!operation) return undefined;
  if (operation.input.isUnitSchema() || request.body.length === 0) return { service, operation, input: {} };
  const input = await service.codec?.createDeserializer().read(operation.input, request.body);
  return { service, operation, input };
}

function decodeQuery(service: Service, request: HttpRequest): DecodedRequest | undefined {
  const form: FormNode = parseForm(text(request.body));
  const operation = typeof form.Action === 'string' ? service.operations.get(form.Action) : undefined;
  if (!operation) return undefined;
  if (operation.input.isUnitSchema()) return { service, operation, input: {} };
  const input = readForm(operation.input, form, service.protocol === 'ec2Query') as Record<string, unknown>;
  return { service, operation, input };
}

async function decodeRest(service: Service, request: HttpRequest): Promise<DecodedRequest | undefined> {
  const url = new URL(request.url, 'http://simulator');
  const { bucket, path } =
    service.signingName === 's3' ? bucketAndPath(url.pathname) : { bucket: undefined, path: url.pathname };
  const named = url.searchParams.get('x-id');
  const candidates = service.routes.filter(
    ({ http, takesBucket }) =>
      takesBucket === (bucket !== undefined) &&
      matches(http as HttpBinding, request.method, path, url.searchParams) &&
      hasNeeds(http as HttpBinding, url.searchParams, request.headers),
  );
  // SDKs send the operation's name along where paths do not tell operations apart.
  const operation = candidates.find(({ name }) => name === named) ?? candidates[0];
  if (!operation?.http) return undefined;
  const values = operation.http.pattern.exec(path) ?? [];
  const labels = Object.fromEntries(
    operation.http.labels.map((label, i) => [label, decodeURIComponent(values[i + 1] ?? '')]),
  );
  const { headers, body } = request;
  const input = await readRest(service, operation, { query: url.searchParams, headers, body, labels });
  return { service, operation, input: bucket === undefined ? input : { ...input, Bucket: bucket } };
}

/** The SDK's S3 traits leave `{Bucket}` out: the endpoint rules put it into the host or, as here, before the path. */
function bucketAndPath(pathname: string): { bucket: string | undefined; path: string } {
  const found = /^\/([^/]+)(\/.*)?$/.exec(pathname);
  if (!found) return { bucket: undefined, path: pathname };
  return { bucket: decodeURIComponent(found[1] as string), path: found[2] || '/' };
}

function matches(http: HttpBinding, method: string, path: string, query: URLSearchParams): boolean {
  if (http.method !== method || !http.pattern.test(path)) return false;
  return http.query.every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value));
}

/** Botocore sends no name along: an upload's parts differ from an object only by what they cannot do without. */
function hasNeeds({ needs }: HttpBinding, query: URLSearchParams, headers: IncomingHttpHeaders): boolean {
  return needs.query.every((name) => query.has(name)) && needs.headers.every((name) => headers[name] !== undefined);
}

function isForm(request: HttpRequest): boolean {
  return String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded');
}

function text(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}
