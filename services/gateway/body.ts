/** Reads bodies: JSON that is neither nested too deeply nor means to change JavaScript's own objects. */
import type { FastifyInstance } from 'fastify';
import { elavaError, messageOf } from '../../lib/errors.ts';

/** Deeper JSON overflows the stack of whoever walks it. */
const maxDepth = 128;
export const maxBody = 1_048_576;

/** Only `application/json` is read, unless a route's own scope reads more: a web form can send text/plain anywhere. */
export function readJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      // A request without a body may still name the type of one.
      done(null, body === '' ? undefined : parseJson(String(body), 'the body is no JSON'));
    } catch (error) {
      done(error as Error);
    }
  });
}

function depthFault(text: string): Error | undefined {
  // So many levels need at least so many brackets.
  if (text.length < maxDepth * 2 || depthOf(text) <= maxDepth) return undefined;
  return elavaError('BODY_TOO_DEEP', `the JSON is nested deeper than ${maxDepth}`);
}

/** How deep brackets are nested, outside of strings; stops counting where it is enough. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length && deepest <= maxDepth; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}

/** Names by which a JSON object could reach into JavaScript's own, once it is copied or walked. */
const ofJavaScript = /"(?:_|\\u005[fF])(?:_|\\u005[fF])proto|"constructor"|\\u00/;

/** Errors: BODY_TOO_DEEP, INVALID_REQUEST, the message of which begins with `what`. */
export function parseJson(text: string, what: string): unknown {
  const fault = depthFault(text);
  if (fault) throw fault;
  try {
    const value: unknown = JSON.parse(text);
    if (ofJavaScript.test(text)) refuseOwnNames(value);
    return value;
  } catch (cause) {
    throw elavaError('INVALID_REQUEST', `${what}: ${messageOf(cause)}`, { cause });
  }
}

function refuseOwnNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw new SyntaxError('the name __proto__ may not be used');
  const made = Object.hasOwn(value, 'constructor') ? (value as { constructor: unknown }).constructor : undefined;
  if (typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')) {
    throw new SyntaxError('the name constructor.prototype may not be used');
  }
  for (const inner of Object.values(value)) refuseOwnNames(inner);
}
