/** What ties a request to what happens elsewhere: taken from the headers that callers use for it. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

const safe = /^[\w.:/@+-]{1,128}$/;

/** "" for none. Of a traceparent (W3C Trace Context) the trace's id. */
export function correlationOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-correlation-id'] ?? headers['x-request-id'];
  if (typeof given === 'string' && safe.test(given)) return given;
  const { traceparent } = headers;
  const [, trace] = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(traceparent ?? '')) ?? [];
  return trace ?? '';
}
