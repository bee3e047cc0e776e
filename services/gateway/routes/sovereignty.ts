import { sovereigntyContract } from '../../sovereignty/sovereignty.contract.ts';
import { present } from '../absent.ts';
import type { Route } from '../route.ts';

/** The operator of SovereignPolicy: its policies, what violates them, and whether anything enforces them. */
export const sovereigntyRoute: Route = (server, { client }) => {
  const schema = { summary: 'Sovereign policies, their state, and what is outside the allowed regions.' };
  const operator = client(sovereigntyContract);
  server.get('/api/sovereignty', { schema }, () =>
    present(
      'sovereignty',
      Promise.all([operator.status({}), operator.policies({}), operator.violations({})]).then(
        ([status, { policies }, { violations, scanned }]) => ({ status, policies, violations, scanned }),
      ),
    ),
  );
};
