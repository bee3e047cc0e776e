/** Decodes restJson1 and restXml requests by their http bindings: labels, query, headers, payload, body. */
import type { IncomingHttpHeaders } from 'node:http';
import type { NormalizedSchema } from '@smithy/core/schema';
import { splitEvery, splitHeader } from '@smithy/core/serde';
import type { $Schema } from '@smithy/types';
import type { Operation, Service } from './service.ts';
import { readHeader, readText } from './strings.ts';

export interface RestRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Decoded values of the path's labels. */
  readonly labels: Readonly<Record<string, string>>;
}
type Input = Record<string, unknown>;
type Member = readonly [name: string, schema: NormalizedSchema];

/** The operation's input. Throws when a body cannot be parsed. */
export async function readRest(service: Service, operation: Operation, request: RestRequest): Promise<Input> {
  const input: Input = {};
  if (operation.input.isUnitSchema()) return input;
  const inBody: Member[] = [];
  for (const member of operation.input.structIterator()) {
    const [name, schema] = member;
    const { httpQueryParams, httpPayload } = schema.getMergedTraits();
    if (httpQueryParams) input[name] = otherParameters(schema, operation, request.query);
    else if (httpPayload) await readPayload(service, input, member, request.body);
    else if (!readBound(input, member, request)) inBody.push(member);
  }
  if (inBody.length > 0 && request.body.length > 0) {
    Object.assign(input, await service.codec?.createDeserializer().read(bodySchema(operation, inBody), request.body));
  }
  return input;
}

/** Whether the member travels outside the body; if so, it is read. */
function readBound(input: Input, [name, schema]: Member, request: RestRequest): boolean {
  const traits = schema.getMergedTraits();
  if (traits.httpLabel) {
    const label = request.labels[name];
    if (label !== undefined) input[name] = readText(schema, label);
  } else if (traits.httpHeader) {
    const header = request.headers[traits.httpHeader.toLowerCase()];
    if (typeof header === 'string') input[name] = readHeaderMember(schema, header);
  } else if (traits.httpPrefixHeaders !== undefined) {
    const found = prefixed(request.headers, traits.httpPrefixHeaders.toLowerCase());
    if (Object.keys(found).length > 0) input[name] = found;
  } else if (traits.httpQuery) {
    const values = request.query.getAll(traits.httpQuery);
    if (values.length > 0) input[name] = readParameter(schema, values);
  } else return false;
  return true;
}

function readHeaderMember(schema: NormalizedSchema, header: string): unknown {
  if (!schema.isListSchema()) return readHeader(schema, header);
  const item = schema.getValueSchema();
  // An HTTP date holds a comma itself.
  const parts = item.isTimestampSchema() ? splitEvery(header, ',', 2) : splitHeader(header);
  return parts.map((part) => readHeader(item, part.trim()));
}

function readParameter(schema: NormalizedSchema, values: readonly string[]): unknown {
  if (!schema.isListSchema()) return readText(schema, values[0] ?? '');
  return values.map((value) => readText(schema.getValueSchema(), value));
}

function prefixed(headers: IncomingHttpHeaders, prefix: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && typeof value === 'string') found[name.slice(prefix.length)] = value;
  }
  return found;
}

/** httpQueryParams: every parameter that no other member and no constant of the path claims. */
function otherParameters(schema: NormalizedSchema, operation: Operation, query: URLSearchParams): Input {
  const claimed = new Set(operation.http?.query.map(([name]) => name));
  for (const [, member] of operation.input.structIterator()) {
    const { httpQuery } = member.getMergedTraits();
    if (httpQuery) claimed.add(httpQuery);
  }
  const lists = schema.getValueSchema().isListSchema();
  const found: Input = {};
  for (const name of new Set(query.keys())) {
    if (!claimed.has(name)) found[name] = lists ? query.getAll(name) : query.get(name);
  }
  return found;
}

async function readPayload(service: Service, input: Input, [name, schema]: Member, body: Uint8Array): Promise<void> {
  if (body.length === 0) return;
  if (schema.isBlobSchema() || schema.isStreaming()) input[name] = new Uint8Array(body);
  else if (schema.isStringSchema()) input[name] = Buffer.from(body).toString();
  else input[name] = await service.codec?.createDeserializer().read(schema, body);
}

/** A structure of those members that travel in the body. */
function bodySchema(operation: Operation, members: readonly Member[]): $Schema {
  const name = operation.input.getName() ?? operation.name;
  const traits = operation.input.getMergedTraits();
  return [3, 'simulator', name, traits, members.map((m) => m[0]), members.map((m) => [m[1] as unknown as $Schema, 0])];
}
