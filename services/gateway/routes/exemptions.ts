/** Exceptions from policies: read by viewers, made and ended by approvers. Who agrees is whoever is signed in. */
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { elavaError } from '../../../lib/errors.ts';
import { Exemption } from '../../history/exemptions.schema.ts';
import { developer } from '../auth/principal.ts';
import type { Route } from '../route.ts';

const { id, approver, created_at, ...given } = Exemption.properties;
const Wanted = Type.Object({ ...given, approver: Type.Optional(approver) }, { additionalProperties: false });
const Made = Type.Object({ id, created_at, expires_at: given.expires_at, approver });
const One = Type.Object({ id });

const approves = { access: { role: 'approver' } } as const;

export const exemptionsRoute: Route = (server, { history, clock }) => {
  const schema = { summary: 'Exceptions from policies, expired ones too, with how many results each changes.' };
  server.get('/api/exemptions', { schema }, () => history.exemptions({}));
  const add = {
    summary: 'Makes an exception from policies; what it touches is judged again.',
    body: Wanted,
    response: { 201: Made },
  };
  server.post('/api/exemptions', { schema: add, config: approves }, async (request, reply) => {
    const wanted = request.body as Static<typeof Wanted>;
    const now = clock.now();
    const agrees = approverOf(request, wanted.approver);
    if ([agrees, agrees.replace(/^(key|user):/, '')].includes(wanted.owner)) {
      throw elavaError('INVALID_REQUEST', `${wanted.owner} answers for it and cannot be who agrees`);
    }
    if (Date.parse(wanted.expires_at) <= now) throw elavaError('INVALID_REQUEST', 'expires_at is past already');
    const made = {
      id: `ex-${randomUUID().slice(0, 8)}`,
      created_at: new Date(now).toISOString(),
      expires_at: wanted.expires_at,
      approver: agrees,
    };
    await history.exempt({ ...wanted, ...made });
    return reply.code(201).send(made);
  });
  const remove = { summary: 'Ends an exception from policies; what it touched is judged again.', params: One };
  server.delete('/api/exemptions/:id', { schema: remove, config: approves }, async (request) => {
    await history.unexempt(request.params as Static<typeof One>);
    return {};
  });
};

/** Where nobody is signed in, on loopback, the name is taken on trust. */
function approverOf({ principal }: FastifyRequest, named: string | undefined): string {
  if (principal.id === developer.id) return named ?? principal.id;
  if (named === undefined || named === principal.id) return principal.id;
  throw elavaError('INVALID_REQUEST', `${named} cannot agree here: who is signed in is ${principal.id}`);
}
