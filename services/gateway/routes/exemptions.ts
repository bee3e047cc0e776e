import type { Route } from '../route.ts';

/** Exceptions from policies. */
export const exemptionsRoute: Route = (server, { history }) => {
  const schema = { summary: 'Exceptions from policies, expired ones too, with how many results each changes.' };
  server.get('/api/exemptions', { schema }, () => history.exemptions({}));
};
