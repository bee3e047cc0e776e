/** The dashboard: static files that hold no data, each page under its own address. What they ask is guarded, they are not. */
import { fileURLToPath } from 'node:url';
import type { FastifyReply, FastifyRequest, FastifySchema, RouteShorthandOptions } from 'fastify';
import { encodingFor, type PageFile, readPageFiles } from './dashboard-files.ts';
import type { Route } from './route.ts';

/** Addresses of pages, which all show index.html; web/src/pages.ts has the same, and a test compares them. */
export const pagePaths = [
  '/',
  '/resources',
  '/resource',
  '/changes',
  '/time',
  '/findings',
  '/policies',
  '/exemptions',
  '/decisions',
  '/plans',
  '/sovereignty',
  '/scans',
  '/system',
] as const;

const directory = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Nothing from elsewhere, nothing inline, and nobody may frame the page: a tag that holds markup stays text. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Public, for who has no token yet must be able to read the form that asks for one. */
const schema: FastifySchema & { hide: true } = { hide: true };
const options: RouteShorthandOptions = { schema, config: { access: { role: 'public' } } };

export const dashboardRoute: Route = (server) => {
  const files = readPageFiles(directory);
  const index = files.get('/index.html');
  if (!index) return;
  for (const path of pagePaths) server.get(path, options, (request, reply) => send(request, reply, index));
  for (const file of files.values()) {
    if (file !== index) server.get(file.path, options, (request, reply) => send(request, reply, file));
  }
};

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding']);
  const tag = `"${file.hash}-${encoding}"`;
  void reply.headers({
    ...pageHeaders,
    etag: tag,
    vary: 'Accept-Encoding',
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (holds(request.headers['if-none-match'], tag)) return reply.code(304).send();
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  return reply.type(file.type).send(file.body(encoding));
}

/** Whether the client has this very version: weak comparison, as RFC 9110, 13.1.2 asks. */
function holds(held: string | undefined, tag: string): boolean {
  if (held === undefined) return false;
  return held === '*' || held.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
