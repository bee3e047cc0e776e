import Type from 'typebox';
import { codeOf } from '../../../lib/errors.ts';
import type { Route } from '../route.ts';
import { Together } from '../together.ts';

const Health = Type.Object({
  status: Type.String(),
  revision: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
});
const access = { role: 'public' } as const;

/** Ready means that the store answers; a process that cannot remember has nothing to say about the estate. */
export const readinessRoute: Route = (server, { history }) => {
  // Anybody may ask, and each page that is open does: the store is asked once at a time.
  const together = new Together();
  const schema = { summary: 'Whether the store answers.', response: { 200: Health, 503: Health } };
  server.get('/readyz', { schema, config: { access } }, async (_request, reply) => {
    try {
      const { revision } = await together.ask('status', () => history.status({}, { timeoutMs: 5000 }));
      return { status: 'ok', revision };
    } catch (error) {
      return reply.code(503).send({ status: 'unavailable', code: codeOf(error) });
    }
  });
  server.get(
    '/healthz',
    { schema: { summary: 'Whether the process answers.', response: { 200: Health } }, config: { access } },
    () => ({ status: 'ok' }),
  );
};
