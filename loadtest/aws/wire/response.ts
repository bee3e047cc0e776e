/** Encodes an operation's output, or an error, in the form of the service's protocol. */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { $Schema } from '@smithy/types';
import type { Operation, Service } from './service.ts';
import { writeHeader } from './strings.ts';
import { escapeXml, writeQueryResponse } from './xml-writer.ts';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}
type Output = Readonly<Record<string, unknown>>;

/** The response that carries `output`, an object in the SDK's form (`DescribeInstancesCommandOutput` without metadata). */
export function encodeResponse(
  service: Service,
  operation: Operation,
  output: object,
  requestId: string,
): HttpResponse {
  if (service.protocol === 'ec2Query' || service.protocol === 'awsQuery') {
    const body = writeQueryResponse(service, operation, output, requestId);
    return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body };
  }
  if (service.targetPrefix) {
    const body = operation.output.isUnitSchema() ? '{}' : write(service, operation.output, output);
    return { status: 200, headers: { 'content-type': jsonType(service), 'x-amzn-requestid': requestId }, body };
  }
  return encodeRest(service, operation, output as Output, requestId);
}

/** A REST answer while its members are put where their traits say. */
interface Parts {
  status: number;
  body: string | Uint8Array;
  readonly headers: Record<string, string>;
  readonly inBody: [string, NormalizedSchema][];
}

function encodeRest(service: Service, operation: Operation, output: Output, requestId: string): HttpResponse {
  const headers = { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId };
  const parts: Parts = { status: operation.http?.status ?? 200, body: '', headers, inBody: [] };
  const members = operation.output.isUnitSchema() ? [] : operation.output.structIterator();
  for (const [name, schema] of members) place(service, parts, [name, schema], output[name]);
  if (parts.inBody.length > 0) parts.body = write(service, bodySchema(service, operation, parts.inBody), output);
  parts.headers['content-type'] ??= service.protocol === 'restXml' ? 'application/xml' : 'application/json';
  return { status: parts.status, headers: parts.headers, body: parts.body };
}

function place(service: Service, parts: Parts, member: [string, NormalizedSchema], value: unknown): void {
  const [, schema] = member;
  const { httpResponseCode, httpPayload, httpHeader, httpPrefixHeaders } = schema.getMergedTraits();
  const outside = httpResponseCode || httpPayload || httpHeader !== undefined || httpPrefixHeaders !== undefined;
  if (!outside) parts.inBody.push(member);
  else if (value === undefined || value === null) return;
  else if (httpResponseCode) parts.status = Number(value);
  else if (httpPayload) parts.body = payload(service, schema, value);
  else addHeaders(parts.headers, schema, value);
}

function addHeaders(headers: Record<string, string>, schema: NormalizedSchema, value: {}): void {
  const { httpHeader, httpPrefixHeaders } = schema.getMergedTraits();
  if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = writeHeader(schema, value);
  else
    for (const [name, item] of Object.entries(value))
      headers[`${httpPrefixHeaders}${name}`.toLowerCase()] = String(item);
}

function payload(service: Service, schema: NormalizedSchema, value: unknown): string | Uint8Array {
  if (schema.isBlobSchema() || schema.isStringSchema()) return value as string | Uint8Array;
  return write(service, schema, value);
}

/** The members that travel in the body, as a structure. In XML its name is the root element's. */
function bodySchema(
  service: Service,
  { output }: Operation,
  members: readonly (readonly [string, NormalizedSchema])[],
): $Schema {
  const xml = service.protocol === 'restXml';
  const name = (xml ? output.getMergedTraits().xmlName : undefined) ?? output.getName() ?? '';
  return [
    3,
    'simulator',
    name,
    xml ? {} : 0,
    members.map((m) => m[0]),
    members.map((m) => [m[1] as unknown as $Schema, 0]),
  ];
}

function write(service: Service, schema: $Schema | NormalizedSchema, value: unknown): string | Uint8Array {
  const serializer = service.codec?.createSerializer();
  if (!serializer) throw new Error(`${service.id} has no codec`);
  serializer.write(schema, value);
  return serializer.flush();
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** An error as the service's protocol words it (smithy.io, "AWS protocols": error serialization of each). */
export function encodeError(service: Service, error: WireError, requestId: string): HttpResponse {
  const { code, status } = error;
  if (service.targetPrefix || service.protocol === 'restJson1') {
    const type = service.targetPrefix ? jsonType(service) : 'application/json';
    const headers = { 'content-type': type, 'x-amzn-requestid': requestId, 'x-amzn-errortype': code };
    return { status, headers, body: JSON.stringify({ __type: code, message: error.message }) };
  }
  const headers = {
    'content-type': 'text/xml;charset=UTF-8',
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
  };
  return { status, headers, body: xmlError(service, error, requestId) };
}

function xmlError(service: Service, { code, message, status }: WireError, requestId: string): string {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  if (service.protocol === 'ec2Query') {
    return `${declaration}<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
  }
  if (service.signingName === 's3') return `${declaration}<Error>${inner}<RequestId>${requestId}</RequestId></Error>`;
  const fault = status < 500 ? 'Sender' : 'Receiver';
  const body = `<Error><Type>${fault}</Type>${inner}</Error><RequestId>${requestId}</RequestId>`;
  return `${declaration}<ErrorResponse xmlns="${service.xmlNamespace}">${body}</ErrorResponse>`;
}

function jsonType(service: Service): string {
  return service.protocol === 'awsJson1_0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1';
}
