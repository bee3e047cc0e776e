/**
 * Every metric, declared once; docs/metrics.md is generated from here. Names follow Prometheus: base units (seconds,
 * bytes), `_total` for counters. A label has few values: an action, a type, an error code, never an id.
 */
export interface MetricDef {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** From a call in the same process (microseconds) to a unit that takes its quarter of an hour. */
const calls = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

export const metricTable = {
  buildInfo: {
    name: 'elava_build_info',
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: ['version', 'node'],
  },
  actionSeconds: {
    name: 'elava_action_duration_seconds',
    type: 'histogram',
    help: 'Time to serve a call of an action; outcome is "ok" or an error code.',
    labels: ['action', 'outcome'],
    buckets: calls,
  },
  actionsInFlight: {
    name: 'elava_actions_in_flight',
    type: 'gauge',
    help: 'Calls of an action that are being served.',
    labels: ['action'],
  },
  eventSeconds: {
    name: 'elava_event_duration_seconds',
    type: 'histogram',
    help: 'Time to handle an event of another service.',
    labels: ['event'],
    buckets: calls,
  },
  scanUnitSeconds: {
    name: 'elava_scan_unit_duration_seconds',
    type: 'histogram',
    help: 'Time to scan one account × region × type; state is that of the observation, error a code or "".',
    labels: ['type', 'state', 'error'],
    buckets: [0.05, 0.2, 0.5, 1, 5, 15, 60, 300, 900],
  },
  scanResources: {
    name: 'elava_scan_resources_total',
    type: 'counter',
    help: 'Resources that scans read, and of these what was new or changed and sent to the memory.',
    labels: ['type', 'outcome'],
  },
  accounts: {
    name: 'elava_accounts',
    type: 'gauge',
    help: 'Accounts by state: active ones are read, suspended ones are not.',
    labels: ['state'],
  },
  tierIntervalSeconds: {
    name: 'elava_tier_interval_seconds',
    type: 'gauge',
    help: 'How often the units of a tier are scanned at present, by how often something changes.',
    labels: ['tier'],
  },
  awsCallSeconds: {
    name: 'elava_aws_call_duration_seconds',
    type: 'histogram',
    help: 'Time of one attempt of an AWS call; outcome is "ok" or an error code, AWS_THROTTLED among them.',
    labels: ['api', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  awsWaitSeconds: {
    name: 'elava_aws_wait_duration_seconds',
    type: 'histogram',
    help: 'Time that calls waited for their turn under the request rate of their API.',
    labels: ['api'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
  },
  sovereigntyPolicies: {
    name: 'elava_sovereignty_policies',
    type: 'gauge',
    help: 'Sovereign policies by phase.',
    labels: ['phase'],
  },
  sovereigntyReconcileSeconds: {
    name: 'elava_sovereignty_reconcile_duration_seconds',
    type: 'histogram',
    help: 'Time to reconcile one policy; outcome is "ok" or an error code.',
    labels: ['outcome'],
    buckets: calls,
  },
  sovereigntyQueue: {
    name: 'elava_sovereignty_queue_depth',
    type: 'gauge',
    help: 'Policies that wait to be reconciled.',
    labels: [],
  },
  sovereigntyLeader: {
    name: 'elava_sovereignty_leader',
    type: 'gauge',
    help: 'Whether this replica leads: 1, else 0.',
    labels: [],
  },
  sovereigntyCalls: {
    name: 'elava_sovereignty_api_calls_total',
    type: 'counter',
    help: 'Calls to API servers of clusters; outcome is "ok" or an error code.',
    labels: ['verb', 'kind', 'outcome'],
  },
  sovereigntyViolations: {
    name: 'elava_sovereignty_violations',
    type: 'gauge',
    help: 'Running pods and volumes outside the allowed regions, at the last scan.',
    labels: ['kind', 'fault', 'action'],
  },
  sovereigntyDrift: {
    name: 'elava_sovereignty_drift_total',
    type: 'counter',
    help: 'Copies of policies in workload clusters that were found changed, and mended.',
    labels: [],
  },
  actionItems: {
    name: 'elava_action_items_total',
    type: 'counter',
    help: 'Items of plans by the phase that they came to: done, failed, superseded, cancelled, grace and so on.',
    labels: ['action', 'phase'],
  },
  notices: {
    name: 'elava_notices_total',
    type: 'counter',
    help: 'Notices by severity and what became of them: delivered, failed, repeated or unwanted.',
    labels: ['channel', 'severity', 'outcome'],
  },
  alerts: {
    name: 'elava_alerts_firing',
    type: 'gauge',
    help: 'Alerts that were raised and not resolved; for a rule of Prometheus.',
    labels: ['source', 'severity'],
  },
  gatewayDenied: {
    name: 'elava_gateway_denied_total',
    type: 'counter',
    help: 'Requests of known callers that were refused, by error code.',
    labels: ['code'],
  },
  httpSeconds: {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'Time to answer an HTTP request, under the name and labels that OPA gives it.',
    labels: ['code', 'handler', 'method'],
    buckets: [1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 0.01, 0.1, 1],
  },
  tenantsLoaded: {
    name: 'elava_tenants',
    type: 'gauge',
    help: 'Tenants by state: "ready", or "faulty" when what was offered last is not good and what was good before serves, if anything.',
    labels: ['state'],
  },
  tenantLoads: {
    name: 'elava_tenant_loads_total',
    type: 'counter',
    help: 'Loads of tenants; outcome is "ok" or "kept", when the last good bundle stays.',
    labels: ['outcome'],
  },
  tenantSeconds: {
    name: 'elava_tenant_evaluation_duration_seconds',
    type: 'histogram',
    help: 'Time of the evaluation alone; outcome is allow, deny, warn, audit, or an error code.',
    labels: ['outcome'],
    buckets: [5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.02, 0.1, 0.5],
  },
  eventsEmitted: {
    name: 'elava_events_emitted_total',
    type: 'counter',
    help: 'Policy events that came to be: decisions and changes of policies.',
    labels: ['kind'],
  },
  eventsDelivered: {
    name: 'elava_events_delivered_total',
    type: 'counter',
    help: 'Events that were handed to a consumer, by its kind.',
    labels: ['consumer'],
  },
  eventsDropped: {
    name: 'elava_events_dropped_total',
    type: 'counter',
    help: 'Events that a consumer did not get because it, or what leads to it, was too slow.',
    labels: ['consumer'],
  },
  streamClients: {
    name: 'elava_stream_clients',
    type: 'gauge',
    help: 'Clients that listen to streams.',
    labels: ['kind'],
  },
  jobs: {
    name: 'elava_jobs_total',
    type: 'counter',
    help: 'Jobs that this process settled: done, again (failed, to be tried again), dead, or stale (of a past leader).',
    labels: ['topic', 'outcome'],
  },
  jobsWaiting: {
    name: 'elava_jobs_waiting',
    type: 'gauge',
    help: 'Jobs that wait in the queue of a topic, told by the leader of the scheduler.',
    labels: ['topic'],
  },
  jobsDead: {
    name: 'elava_jobs_dead',
    type: 'gauge',
    help: 'Jobs that were given up and that nobody has tried again or dropped.',
    labels: ['topic'],
  },
  leading: {
    name: 'elava_leader',
    type: 'gauge',
    help: 'Whether this process leads the role: 1, else 0.',
    labels: ['role'],
  },
  writerShards: {
    name: 'elava_history_shards',
    type: 'gauge',
    help: 'Shards of accounts that this process writes; of all processes together 16.',
    labels: [],
  },
  busUp: {
    name: 'elava_nats_connected',
    type: 'gauge',
    help: 'Whether this process is connected to NATS: 1, else 0.',
    labels: [],
  },
  logDropped: {
    name: 'elava_log_lines_dropped_total',
    type: 'counter',
    help: 'Log lines that nobody read in time and that were dropped.',
    labels: [],
  },
  policyJudged: {
    name: 'elava_policy_resources_judged_total',
    type: 'counter',
    help: 'Resources that were judged.',
    labels: [],
  },
  policyFailed: {
    name: 'elava_policy_failures_total',
    type: 'counter',
    help: 'Evaluations in which a policy failed and default_decision spoke for it.',
    labels: [],
  },
  policyRestarts: {
    name: 'elava_policy_thread_restarts_total',
    type: 'counter',
    help: 'Threads that were ended because a policy took too long, or that a policy took down.',
    labels: [],
  },
  policyLoads: {
    name: 'elava_policy_loads_total',
    type: 'counter',
    help: 'Loads of the policies; outcome is "ok" or "kept", when the last good ones stay.',
    labels: ['outcome'],
  },
} as const satisfies Record<string, MetricDef>;
