/** The OpenAPI 3.1 document, made from the schemas that the routes are checked by. */
import type { FastifyInstance, RouteOptions } from 'fastify';
import { errorTable } from '../../../lib/errors.ts';
import { version } from '../../../lib/version.ts';
import type { Access } from '../auth/access.ts';

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema & { description?: string }>>;
  readonly required?: readonly string[];
  readonly description?: string;
  /** Media type of an answer that is no JSON. */
  readonly 'x-media'?: string;
  readonly [key: string]: unknown;
}
interface RouteSchema {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly hide?: boolean;
  readonly operationId?: string;
  readonly querystring?: JsonSchema;
  readonly params?: JsonSchema;
  readonly body?: JsonSchema;
  readonly headers?: JsonSchema;
  readonly response?: Readonly<Record<string, JsonSchema>>;
  /** Media types of the body where it is not JSON. */
  readonly consumes?: readonly string[];
}
export type Operation = Readonly<Record<string, unknown>>;

export class OpenApi {
  readonly #paths: Record<string, Record<string, Operation>> = {};

  /** Listens to every route that the server is given from now on. */
  collect(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => this.#add(route));
  }

  document() {
    return {
      openapi: '3.1.0',
      info: {
        title: 'Elava',
        version,
        description: 'What the cloud is and was, what policies say of it, and the OPA-compatible policies of tenants.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }],
      paths: Object.fromEntries(Object.entries(this.#paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key (elv_…) or an OIDC access token.' },
        },
        schemas: { Problem: problemSchema },
      },
    };
  }

  #add({ method, url, schema = {}, config }: RouteOptions): void {
    // What is described but not checked by Fastify stands under x-shown.
    const { 'x-shown': shown, ...checked } = schema as RouteSchema & { 'x-shown'?: RouteSchema };
    const own: RouteSchema = { ...checked, ...shown };
    if (own.hide) return;
    const { access } = (config ?? {}) as { access?: Access };
    for (const verb of [method].flat()) {
      if (verb === 'HEAD' || verb === 'OPTIONS') continue;
      const path = url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}');
      (this.#paths[path] ??= {})[verb.toLowerCase()] = operation(verb, path, own, access);
    }
  }
}

function operation(verb: string, path: string, schema: RouteSchema, access: Access = {}): Operation {
  const { role = verb === 'GET' ? 'viewer' : 'operator', scope = 'estate' } = access;
  return {
    operationId: schema.operationId ?? nameOf(verb, path),
    tags: schema.tags ?? [tagOf(path)],
    ...wordsOf(schema),
    parameters: [
      ...parametersOf(pathSchema(path, schema.params), 'path'),
      ...parametersOf(schema.querystring, 'query'),
      ...parametersOf(schema.headers, 'header'),
    ],
    ...(schema.body ? { requestBody: bodyOf(schema.body, schema.consumes ?? ['application/json']) } : {}),
    responses: responsesOf(schema.response),
    ...(role === 'public' ? { security: [] } : {}),
    'x-role': role,
    'x-scope': scope,
  };
}

function wordsOf({ summary, description }: RouteSchema): Operation {
  return { ...(summary ? { summary } : {}), ...(description ? { description } : {}) };
}

/** `GET /api/policies/{tenant}` → `getApiPoliciesTenant`. */
function nameOf(verb: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return verb.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function tagOf(path: string): string {
  if (/^\/v[01]\b|^\/health$/.test(path)) return 'opa';
  return /^\/api\/([a-z]+)/.exec(path)?.[1] ?? 'server';
}

/** Parameters that the path names and the schema does not. */
function pathSchema(path: string, params: JsonSchema | undefined): JsonSchema {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const known = params?.properties ?? {};
  return {
    properties: Object.fromEntries(names.map((name) => [name, known[name] ?? { type: 'string' }])),
    required: names,
  };
}

function parametersOf(schema: JsonSchema | undefined, where: string): Operation[] {
  return Object.entries(schema?.properties ?? {}).map(([name, own]) => {
    const { description, ...rest } = own;
    return {
      name,
      in: where,
      required: schema?.required?.includes(name) ?? false,
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
}

function bodyOf(schema: JsonSchema, types: readonly string[]): Operation {
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function responsesOf(response: RouteSchema['response'] = {}): Operation {
  const known = Object.entries(response).map(([status, schema]) => [
    status,
    {
      description: schema.description ?? 'The answer.',
      ...(schema.type === 'null' ? {} : { content: { [schema['x-media'] ?? 'application/json']: { schema } } }),
    },
  ]);
  const fallback = {
    description: 'A failure.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  const ok = known.length > 0 ? {} : { 200: { description: 'The answer.' } };
  return { ...ok, ...Object.fromEntries(known), default: fallback };
}

const problemSchema = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'See docs/errors.md.', examples: Object.keys(errorTable).slice(0, 3) },
    message: { type: 'string' },
    next: { type: 'string', description: 'What to do now.' },
    errors: { type: 'array', items: { type: 'object' } },
  },
};
