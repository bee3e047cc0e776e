import { orchestratorContract } from '../../orchestrator/orchestrator.contract.ts';
import type { Route } from '../route.ts';

/** How often what is scanned. */
export const tiersRoute: Route = (server, { client }) => {
  const schema = { summary: 'The tiers: what each matches, how often it is scanned, and what is in it.' };
  const orchestrator = client(orchestratorContract);
  server.get('/api/tiers', { schema }, () => orchestrator.tiers({}));
};
