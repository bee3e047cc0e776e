import Type from 'typebox';
import type { Route } from '../route.ts';

const Caller = Type.Object({
  id: Type.String({
    description: '`key:ci`, `user:…` of a token, or `development` on a server without authentication.',
  }),
  role: Type.String({ description: 'viewer, operator, approver or admin.' }),
  tenants: Type.Union([Type.Literal('*'), Type.Array(Type.String())]),
});

/** Who the server takes the caller for. */
export const whoamiRoute: Route = (server) => {
  server.get(
    '/api/whoami',
    { schema: { summary: 'Who the caller is.', response: { 200: Caller } }, config: { access: { scope: 'own' } } },
    ({ principal }) => ({ ...principal, tenants: principal.tenants === '*' ? '*' : [...principal.tenants] }),
  );
};
