/** Settings of the HTTP server, of the tenants behind it, and of the streams of what policies decide. */
import Type from 'typebox';
import { flag, list, named, oneOf, section, span, text, whole } from './kinds.ts';

const Auth = section({
  keys: text('', 'File of API keys ("elava keys add"), read again when it changes; empty: none.'),
  issuer: text('', 'OIDC issuer whose access tokens are taken, as the tokens name it; empty: none.'),
  audience: text('elava', 'What the tokens must be for.'),
  jwks: text('', "URL of the issuer's keys; empty: the issuer is asked for it."),
  algorithms: list(Type.String(), ['RS256', 'ES256', 'EdDSA'], 'How tokens may be signed.'),
  token_type: text('at+jwt', 'What the header of a token must say that it is; empty: anything.'),
  role_claim: text('elava_role', 'Claim that names the role: viewer, operator, approver or admin; dots lead inside.'),
  tenants_claim: text('elava_tenants', 'Claim that lists the tenants, * for all.'),
});

export const Gateway = section({
  host: text('127.0.0.1', 'Address that the HTTP server binds.'),
  port: whole(8181, { minimum: 0, maximum: 65_535 }, 'Its port; 0: any free one.'),
  origins: list(Type.String(), [], 'Web origins beside its own whose pages may use it: https://ops.example.com.'),
  rate: whole(2000, { minimum: 1, maximum: 1_000_000 }, 'Requests a second of one principal.'),
  linger: span(
    '100ms',
    'How long a server that was told to stop still serves, so that whoever balances notices first.',
  ),
  streams: whole(1000, { minimum: 1, maximum: 100_000 }, 'WebSocket and SSE clients at once.'),
  auth: Auth,
});

/** How the command line asks a server. */
export const Caller = section({
  token: text('', 'API key or token that "--server" is asked with.', { secret: true }),
});

const Budget = section({
  rate: whole(0, { minimum: 0, maximum: 1_000_000 }, 'Evaluations a second; 0: that of all tenants.'),
  concurrency: whole(0, { minimum: 0, maximum: 100_000 }, 'Evaluations at once; 0: that of all tenants.'),
});

export const Tenants = section({
  path: text('./config/tenants.d', "Directory of the tenants' policy bundles."),
  rate: whole(5000, { minimum: 1, maximum: 1_000_000 }, 'Evaluations a second of one tenant.'),
  concurrency: whole(256, { minimum: 1, maximum: 100_000 }, 'Evaluations of one tenant at once.'),
  timeout: span('200ms', 'How long one evaluation may take.'),
  memory: whole(64, { minimum: 16, maximum: 4096 }, "Memory of one tenant's policies, in MiB."),
  budgets: named(Budget, {}, { description: 'Tenants with budgets of their own, by id.' }),
});

const Webhook = section({
  url: text('', 'Where events are posted.'),
  secret: text('', 'Signs the requests (Standard Webhooks).', { secret: true }),
  format: oneOf(['envelope', 'cloudevents'], 'envelope', 'The form of an event.'),
  types: list(Type.String(), ['policy.denied', 'policy.audit_required'], 'Which of the seven events are posted.'),
  tenants: list(Type.String(), [], 'Tenants whose events are posted; none: all.'),
});

export const Events = section({
  enabled: flag(true, 'Tell what policies decide: streams, webhooks, events of the broker.'),
  retain: whole(64, { minimum: 1, maximum: 4096 }, 'Memory for decisions that a stream may resume from, in MiB.'),
  webhooks: named(Webhook, {}, { description: 'Where events are posted, by name.' }),
  allow_private: flag(false, 'Webhooks may be at private addresses.'),
});

export const Decisions = section({
  enabled: flag(false, 'Keep a log of what tenants were answered.'),
  buffer: whole(10_000, { minimum: 100, maximum: 1_000_000 }, 'Decisions that may wait to be written; the oldest go.'),
  retention: span('400d', 'How long they are kept.'),
  upload: section({
    url: text('', 'Collector of OPA decision logs that also gets them, such as https://collector.example/logs.'),
    token: text('', 'Bearer token for it.', { secret: true }),
    interval: span('60s', 'How often what waits is sent; earlier when there is much.'),
  }),
});
