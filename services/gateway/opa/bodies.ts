/** Bodies as OPA takes them: JSON under several names, YAML, packed with gzip. */
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { parseDocument } from 'yaml';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import { maxBody, parseJson } from '../body.ts';

/** `curl -d` calls everything a form. Web pages of other origins, which could send one too, were refused before. */
const jsonTypes = ['application/x-www-form-urlencoded'];
const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml'];

export function readOpaBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(['application/json', ...jsonTypes], { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : parseJson(String(body), 'body contains malformed input document'));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addContentTypeParser(yamlTypes, { parseAs: 'string' }, (_request, body, done) => {
    const document = parseDocument(String(body), { uniqueKeys: true });
    const [fault] = document.errors;
    if (fault) return done(malformed(fault));
    done(null, document.toJS({ maxAliasCount: 100 }));
  });
  server.addHook('preParsing', (request, _reply, payload, done) => {
    try {
      done(null, unpacked(request, payload));
    } catch (error) {
      done(error as Error);
    }
  });
}

function malformed(error: unknown): Error {
  return elavaError('INVALID_REQUEST', `body contains malformed input document: ${messageOf(error)}`, { cause: error });
}

/** A small body may unpack to a large one: it is let go of as soon as it is too large. */
function unpacked(request: FastifyRequest, payload: RequestPayload): RequestPayload {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return payload;
  if (encoding !== 'gzip') throw elavaError('MEDIA_TYPE', `content-encoding ${encoding} is not read here`);
  const gunzip = createGunzip();
  let bytes = 0;
  gunzip.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBody) gunzip.destroy(elavaError('BODY_TOO_LARGE', `the body unpacks to more than ${maxBody} bytes`));
  });
  payload.on('error', (error) => gunzip.destroy(error));
  gunzip.on('error', () => payload.unpipe(gunzip).resume());
  const piped = payload.pipe(gunzip) as unknown as RequestPayload & { receivedEncodedLength?: number };
  // Fastify compares what it read with the length of the header, which counts packed bytes.
  Object.defineProperty(piped, 'receivedEncodedLength', { get: () => Number(request.headers['content-length'] ?? 0) });
  return piped;
}
