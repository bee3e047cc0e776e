/** Serves the OpenAPI document and a page that reads it; the page's script and style are files of this folder. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { OpenApi } from './openapi.ts';

const access = { role: 'public' } as const;
/** Nothing but the page's own files, and no inline script: text of a schema can never run. */
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files: Readonly<Record<string, string>> = {
  '/docs': 'text/html; charset=utf-8',
  '/docs/reference.js': 'text/javascript; charset=utf-8',
  '/docs/reference.css': 'text/css; charset=utf-8',
};

export function openApiRoute(server: FastifyInstance, api: OpenApi): void {
  server.get('/openapi.json', { schema: { hide: true }, config: { access } }, (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(api.document())),
  );
  for (const [url, type] of Object.entries(files)) {
    const name = url === '/docs' ? 'reference.html' : url.slice('/docs/'.length);
    const text = readFileSync(new URL(`page/${name}`, import.meta.url));
    server.get(url, { schema: { hide: true }, config: { access } }, (_request, reply) =>
      reply.header('content-security-policy', csp).header('referrer-policy', 'no-referrer').type(type).send(text),
    );
  }
}
