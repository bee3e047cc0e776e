import { sovereigntyContract } from '../../sovereignty/sovereignty.contract.ts';
import { present } from '../absent.ts';
import type { Route } from '../route.ts';
import { rememberedViolations } from '../violations-memory.ts';

/** The operator of SovereignPolicy: its policies, what violates them, and whether anything enforces them. */
export const sovereigntyRoute: Route = (server, { client, history }) => {
  const schema = { summary: 'Sovereign policies, their state, and what is outside the allowed regions.' };
  const operator = client(sovereigntyContract);
  server.get('/api/sovereignty', { schema }, async () => {
    const [status, { policies }, seen] = await present(
      'sovereignty',
      Promise.all([operator.status({}), operator.policies({}), operator.violations({})]),
    );
    const { violations, scanned } = seen.scanned === '' ? await rememberedViolations(history, status.cluster) : seen;
    return { status, policies, violations, scanned };
  });
};
