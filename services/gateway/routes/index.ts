/** Every route of the server. A page or a route is a file and a line here (docs/edge.md, "To add a route"). */
import { dashboardRoute } from '../dashboard.ts';
import { batchRoute } from '../opa/batch.ts';
import { dataRoute } from '../opa/data.ts';
import { opaPoliciesRoute } from '../opa/policies.ts';
import { healthRoute, statusRoute } from '../opa/status.ts';
import type { Route } from '../route.ts';
import { eventStreamRoute } from '../stream/event-stream.ts';
import { webSocketRoute } from '../stream/web-socket.ts';
import { analysisRoute } from './analysis.ts';
import { changesRoute } from './changes.ts';
import { countsRoute } from './counts.ts';
import { coverageRoute } from './coverage.ts';
import { decisionsRoute } from './decisions.ts';
import { diffRoute } from './diff.ts';
import { evaluationsRoute } from './evaluations.ts';
import { exemptionsRoute } from './exemptions.ts';
import { inputRoute } from './input.ts';
import { metricsRoute } from './metrics.ts';
import { policiesRoute } from './policies.ts';
import { allPoliciesRoute } from './policies-all.ts';
import { readinessRoute } from './readiness.ts';
import { reconcilerRoute } from './reconciler.ts';
import { relationsRoute } from './relations.ts';
import { resourcesRoute } from './resources.ts';
import { rulesRoute } from './rules.ts';
import { searchRoute } from './search.ts';
import { activityRoute, seriesRoute } from './series.ts';
import { sovereigntyRoute } from './sovereignty.ts';
import { statesRoute } from './states.ts';
import { systemRoute } from './system.ts';
import { gridRoute, verdictsRoute } from './tallies.ts';
import { tenantsRoute } from './tenants.ts';
import { ticketsRoute } from './tickets.ts';
import { tiersRoute } from './tiers.ts';
import { timelineRoute } from './timeline.ts';
import { whoamiRoute } from './whoami.ts';

export const routes: readonly Route[] = [
  healthRoute,
  readinessRoute,
  metricsRoute,
  whoamiRoute,
  ticketsRoute,
  resourcesRoute,
  countsRoute,
  changesRoute,
  coverageRoute,
  evaluationsRoute,
  timelineRoute,
  diffRoute,
  relationsRoute,
  searchRoute,
  seriesRoute,
  activityRoute,
  statesRoute,
  analysisRoute,
  verdictsRoute,
  rulesRoute,
  exemptionsRoute,
  inputRoute,
  systemRoute,
  tiersRoute,
  sovereigntyRoute,
  gridRoute,
  tenantsRoute,
  decisionsRoute,
  reconcilerRoute,
  policiesRoute,
  allPoliciesRoute,
  dataRoute,
  batchRoute,
  opaPoliciesRoute,
  statusRoute,
  webSocketRoute,
  eventStreamRoute,
  dashboardRoute,
];
