/** The services that make the edge enforcer, without the roles that look at AWS. */
import eventsService from '../services/events/events.service.ts';
import gatewayService from '../services/gateway/gateway.service.ts';
import historyService from '../services/history/history.service.ts';
import policyService from '../services/policy/policy.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import tenantsService from '../services/tenants/tenants.service.ts';

export const edgeServices = [
  historyService,
  scannerService,
  policyService,
  tenantsService,
  eventsService,
  gatewayService,
] as const;
