import Type from 'typebox';
import { codeOf } from '../../../lib/errors.ts';
import type { Route } from '../route.ts';

const Health = Type.Object({
  status: Type.String(),
  revision: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
});

/** Ready means that the store answers; a process that cannot remember has nothing to say about the estate. */
export const healthRoute: Route = (server, { history }) => {
  server.get('/health', { schema: { response: { 200: Health, 503: Health } } }, async (_request, reply) => {
    try {
      const { revision } = await history.status({}, { timeoutMs: 5000 });
      return { status: 'ok', revision };
    } catch (error) {
      return reply.code(503).send({ status: 'unavailable', code: codeOf(error) });
    }
  });
};
