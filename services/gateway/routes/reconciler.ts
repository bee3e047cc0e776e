/** The reconciler over HTTP: `POST /api/reconciler/<action>` with the action's parameters. Who asks is whoever is signed in. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { reconcilerContract } from '../../reconciler/reconciler.contract.ts';
import { developer, type Role } from '../auth/principal.ts';
import type { Route, Services } from '../route.ts';

type Name = keyof (typeof reconcilerContract)['actions'];

/** What each asks of its caller. `public`: the signed link itself says who may. Absent: not served here. */
const access: Partial<Record<Name, Role | 'public'>> = {
  plans: 'viewer',
  signed: 'viewer',
  switches: 'viewer',
  actions: 'viewer',
  kinds: 'viewer',
  plan: 'operator',
  apply: 'operator',
  cancel: 'operator',
  acknowledge: 'operator',
  extend: 'operator',
  undo: 'operator',
  stop: 'operator',
  tick: 'operator',
  approve: 'approver',
  revoke: 'approver',
  question: 'public',
  answer: 'public',
};

export const reconcilerRoute: Route = (server, services) => {
  const client = services.client(reconcilerContract);
  for (const [name, role] of Object.entries(access) as [Name, Role | 'public'][]) {
    const { text, params, result } = reconcilerContract.actions[name] as {
      text: string;
      params: TSchema;
      result: TSchema;
    };
    server.post(
      `/api/reconciler/${name}`,
      {
        schema: { summary: text, body: withoutBy(params), response: { 200: result } },
        config: { access: { role } },
      },
      (request) => (client[name] as (params: object) => Promise<object>)(paramsOf(request, params)),
    );
  }
  answerPage(server, services);
};

/** A caller does not say who they are; where nobody is signed in, on loopback, the name is taken on trust. */
function paramsOf({ body, principal }: FastifyRequest, params: TSchema): object {
  const given = body as { by?: string };
  if (!('by' in ((params as { properties?: object }).properties ?? {}))) return given;
  const by = principal.id === developer.id ? (given.by ?? principal.id) : principal.id;
  return { ...given, by };
}

function withoutBy(params: TSchema): TSchema {
  const { required, ...rest } = params as TSchema & { required?: readonly string[] };
  return { ...rest, required: (required ?? []).filter((name) => name !== 'by') };
}

/**
 * Where the links of messages lead. The token stands behind `#`, which no server and no log sees, and nothing happens
 * until somebody presses the button: whatever merely looks at a link answers nothing.
 */
function answerPage(server: FastifyInstance, _services: Services): void {
  const open = { schema: { hide: true }, config: { access: { role: 'public' } } } as const;
  const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'";
  server.get('/answer', open, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('referrer-policy', 'no-referrer')
      .send(page),
  );
  server.get('/answer.js', open, (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script));
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Elava</title><h1>Elava</h1><p id="what" role="status">Reading the link…</p><dl id="facts"></dl>
<button id="go" hidden></button><script type="module" src="/answer.js"></script></html>
`;

const script = `const token = location.hash.slice(1);
const at = (id) => document.getElementById(id);
const ask = async (name) => {
  const response = await fetch('/api/reconciler/' + name, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.message ?? 'The link is not valid.');
  return body;
};
const fact = (name, value) => {
  for (const [tag, text] of [['dt', name], ['dd', value]]) {
    const element = document.createElement(tag);
    element.textContent = text;
    at('facts').append(element);
  }
};
try {
  const { verb, person, item } = await ask('question');
  at('what').textContent = person + ': ' + verb + '?';
  fact('Resource', item.resource_id);
  fact('What', item.would);
  fact('Why', item.reason);
  fact('Put back by', item.undo || 'nothing');
  at('go').textContent = verb;
  at('go').hidden = false;
  at('go').addEventListener('click', async () => {
    at('go').disabled = true;
    try {
      const done = await ask('answer');
      at('what').textContent = 'Done: ' + done.verb + ', now ' + done.item.phase + '.';
    } catch (error) {
      at('what').textContent = error.message;
    }
  });
} catch (error) {
  at('what').textContent = error.message;
}
`;
