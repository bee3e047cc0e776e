/** Every setting, declared once: type, default and text. Its environment name is its path (`ELAVA_STORAGE_PATH`). */
import Type, { type Static } from 'typebox';
import { Caller, Decisions, Events, Gateway, Tenants } from './edge.ts';
import { flag, list, type Milliseconds, named, oneOf, section, share, span, text, whole } from './kinds.ts';
import { Reconciler } from './safety.ts';

const Account = section({
  id: text('', 'The twelve digits of the AWS account.', { pattern: '^[0-9]{12}$' }),
  name: text('', 'What people call it.'),
  role_arn: text('', "The role to assume; empty: the caller's own credentials."),
  external_id: text('', 'The external id that the role asks for.'),
  environment: text('', 'The environment of resources whose tags do not tell.'),
});

const Organization = section({
  enabled: flag(false, 'Find the accounts in AWS Organizations; those of providers.aws.accounts add to them.'),
  units: list(
    Type.String(),
    [],
    'Organizational units by id, name or path (Workloads/Prod), with all below them; none: the whole organisation.',
  ),
  tags: list(
    Type.String({ pattern: '^[^=]+(=.*)?$' }),
    [],
    'Tags of accounts, key or key=value, of which one must be there; none: all accounts.',
  ),
  exclude: list(Type.String(), [], 'Accounts that are left out, by id or name; * stands for anything.'),
  role: text('elava-read', 'Name of the role that is assumed in each account without a role_arn of its own.'),
  external_id: text('', 'The external id that this role asks for.'),
  role_arn: text('', "Role of the account that may list the organisation; empty: the caller's own credentials."),
  refresh: span('1h', 'How often the accounts, and the regions that they have enabled, are looked up again.'),
});

const Aws = section({
  regions: list(Type.String(), ['us-east-1'], 'Regions to scan; all: those that each account has enabled.'),
  accounts: list(Account, [], "Accounts to scan; none and no organisation: the caller's own."),
  organization: Organization,
  types: list(
    Type.String(),
    [],
    'Resource types to scan; none: all that have a file of their own; all: the long tail (other) as well.',
  ),
  session_name: text('elava', 'Session name when a role is assumed.'),
  rate: share(0.5, "Share of AWS's published request limits that a scan may use."),
  concurrency: whole(8, { minimum: 1, maximum: 1000 }, 'Units that one process scans at once.'),
  timeout: span('30s', 'How long one AWS call may take.'),
  unit_timeout: span('15m', 'How long the scan of one unit may go on while the cloud answers nothing.'),
});

const Tier = section({
  types: list(Type.String(), [], 'Resource types; none: all. * stands for anything, as in accounts and regions.'),
  accounts: list(Type.String(), [], 'Accounts by id or name; none: all.'),
  regions: list(Type.String(), [], 'Regions; none: all.'),
  tags: list(
    Type.String({ pattern: '^[^=]+(=.*)?$' }),
    [],
    'key or key=value, all of which a resource has: units that hold such a resource. None: all.',
  ),
  status: list(Type.String(), [], 'States of resources: units that hold one in such a state. None: all.'),
  interval: span('1h', 'How often the units of the tier are scanned.'),
  tune: whole(
    2,
    { minimum: 1, maximum: 16 },
    'How many times shorter or longer the interval may get by how often something changes; 1: it stays.',
  ),
});

const Environment = section({
  policies: list(Type.String(), [], 'Packages under elava. that judge it.'),
  strict_mode: flag(false, 'A warn counts as flag, and every action needs an approval.'),
});

const Storage = section({
  path: text('./.elava', 'Data directory of the embedded store.'),
  retention: span('30d', 'How long versions, changes and coverage are kept.'),
  decision_retention: span('400d', 'How long evaluations and decisions are kept.'),
  url: text('', 'A ClickHouse server (http://…); empty: the embedded engine.'),
  database: text('elava', 'Database name.', { pattern: '^[a-z_][a-z0-9_]*$' }),
  username: text('default', 'User on the server.'),
  password: text('', 'Its password.', { secret: true }),
  writers: whole(
    1,
    { minimum: 1, maximum: 16 },
    'Processes with the role history that write at once, each its share of the accounts; 1: the one that leads. The same for all.',
  ),
  cluster: text('', 'Name of the cluster on the server: tables are replicated, made ON CLUSTER; empty: one server.', {
    pattern: '^[A-Za-z0-9_-]*$',
  }),
  tls: section({
    ca: text('', "File with the certificates that vouch for the server; empty: the system's."),
    cert: text('', "File with this process's certificate, for a server that asks for one."),
    key: text('', 'File with its key.'),
  }),
  listen: section({
    host: text('127.0.0.1', 'Address that "elava store serve" binds.'),
    port: whole(8123, { minimum: 0, maximum: 65_535 }, 'Its port; 0: any free one.'),
    cert: text('', 'File with its certificate: it then speaks HTTPS.'),
    key: text('', 'File with the key.'),
    read_password: text('', 'Password of the user "reader", who may only ask; empty: there is no such user.', {
      secret: true,
    }),
  }),
  memory: whole(2048, { minimum: 256, maximum: 1_048_576 }, 'Memory of the embedded engine, in MiB.'),
  sessions: whole(4, { minimum: 1, maximum: 16 }, 'Queries that the embedded engine runs at once.'),
});

const DriftSeverity = section({
  type: text('', 'Resource type; empty: every one.'),
  path: text('', 'The field, with everything below it: tags, rules, tags.owner.'),
  severity: oneOf(['high', 'medium', 'low', 'info', 'ignore'], 'low', 'ignore: it is no drift.'),
});

const Analyzer = section({
  drift: section({
    enabled: flag(true, 'Look for drift.'),
    attribution: flag(true, 'Say who changed it.'),
    severity: list(DriftSeverity, [], 'How much fields matter, before the built-in table.'),
  }),
  waste: section({
    enabled: flag(true, 'Look for waste.'),
    idle_threshold: span('7d', 'How long unused is idle.'),
    idle_cpu: whole(5, { minimum: 1, maximum: 100 }, 'An idle processor stays below so many per cent.'),
    oversized_cpu: whole(20, { minimum: 1, maximum: 100 }, 'One that is too large stays below so many per cent.'),
    metrics: flag(true, 'Ask CloudWatch how much is used while the loop runs; AWS charges by the metric.'),
    measure_interval: span('24h', 'How old a measurement may be before it is made again.'),
  }),
});

const Attribution = section({
  cloudtrail: flag(true, 'Ask CloudTrail who did it; otherwise there are guesses only.'),
  lookback: span('24h', 'How far back CloudTrail is read when an account and region is read first.'),
  interval: span('1m', 'How often CloudTrail is read while the loop runs.'),
  bucket: text('', "Bucket of a trail, which large estates need; empty: CloudTrail's LookupEvents."),
  bucket_region: text('us-east-1', 'Region of that bucket.'),
  prefix: text('', 'What stands before AWSLogs/ in the keys of the trail.'),
  queue: text('', 'Address of an SQS queue into which EventBridge puts CloudTrail events as they happen.'),
  rescan: flag(true, 'Scan the units again, at once, that delivered events change.'),
});

const ComplianceRule = section({
  id: text('', 'Its name in reasons.'),
  types: list(Type.String(), [], 'Resource types that it is for; none: all.'),
  regions: list(Type.String(), [], 'Regions where they may be; none: anywhere.'),
  require: list(
    Type.String({ pattern: '^[a-z0-9_]+=.*$' }),
    [],
    'Fields and the values that they must have: encrypted=true.',
  ),
  decision: oneOf(['deny', 'flag'], 'deny', 'What breaking it comes to.'),
});

const Context = section({
  accounts: list(Type.String(), [], 'Accounts that the entry is for; none: all.'),
  environments: list(Type.String(), [], 'Environments that it is for; none: all.'),
  owners: list(Type.String(), [], 'Owners that it is for, as the tags name them; none: all.'),
  teams: list(Type.String(), [], 'Teams that it is for, as the tag team names them; none: all.'),
  team_policies: list(Type.String(), [], 'What the team agreed on, as context.team_policies.'),
  cost_budget: Object.assign(
    section({
      limit: whole(0, { minimum: 0, maximum: 1_000_000_000 }, 'What may be spent; 0: there is no budget.'),
      spent: whole(0, { minimum: 0, maximum: 1_000_000_000 }, 'What is spent.'),
    }),
    { default: {} },
  ),
  compliance_rules: list(ComplianceRule, [], 'Rules as data, as context.compliance_rules.'),
});

const BundleKey = section({
  key: text('', 'PEM public key; the shared secret for HS256.', { secret: true }),
  algorithm: oneOf(['RS256', 'ES256', 'HS256'], 'RS256', 'How bundles are signed with it.'),
  scope: text('', 'What the signature must be for; empty: for nothing in particular.'),
});

const Policies = section({
  enabled: flag(true, 'Judge resources.'),
  path: text('./policies', 'Directory of the policies, or a bundle of OPA: a .tar.gz file or an http(s) URL.'),
  hot_reload: flag(true, 'Load policies again when they change.'),
  judge: flag(true, "Take a share of the estate's judging; off in processes that are there for tenants only."),
  default_decision: oneOf(
    ['require_approval', 'deny', 'flag'],
    'require_approval',
    'What a policy that fails decides.',
  ),
  enforcement_mode: oneOf(['monitor', 'notify', 'enforce'], 'notify', 'What decisions lead to.'),
  workers: whole(0, { minimum: 0, maximum: 64 }, 'Threads that evaluate; 0: one a core, four at most.'),
  batch: whole(200, { minimum: 1, maximum: 10_000 }, 'Resources that one task of a worker evaluates.'),
  timeout: span('10s', 'How long one batch may be evaluated.'),
  memory: whole(128, { minimum: 16, maximum: 4096 }, 'Memory of one policy instance, in MiB.'),
  interval: span('1h', 'How often every live resource is judged again.'),
  context: list(Context, [], 'What policies are told of resources beside what was seen; entries that fit add up.'),
  bundle: section({
    keys: named(
      BundleKey,
      {},
      { description: 'Keys of which one must have signed a bundle, by name; none: unsigned.' },
    ),
    token: text('', 'Bearer token for the URL of a bundle.', { secret: true }),
    poll: span('30s', 'How often a URL is asked; one that supports long polling is asked to wait so long.'),
    timeout: span('60s', 'How long a download may take.'),
  }),
});

const SovereigntyAuthor = section({
  namespace: text('', 'Namespace in which the policies are written; a leading or trailing * stands for anything.'),
  targets: list(Type.String(), [], 'Namespaces that they may target, patterns as above.'),
  user: text('', "Whose right to label the target is asked; with no group either: the namespace's ServiceAccounts."),
  groups: list(Type.String(), [], 'Groups of that user.'),
});

const Sovereignty = section({
  kubeconfig: text('', "File that says how to reach the cluster; empty: the pod's ServiceAccount."),
  namespace: text('federated-sovereignty-system', "The operator's own namespace."),
  cluster: text('local', 'Name of the cluster in reports and history.'),
  engine: oneOf(
    ['auto', 'gatekeeper', 'admission-policy'],
    'auto',
    'What enforces: Gatekeeper where it is installed, else ValidatingAdmissionPolicy.',
  ),
  concurrency: whole(8, { minimum: 1, maximum: 64 }, 'Policies that are reconciled at once.'),
  qps: whole(50, { minimum: 1, maximum: 1000 }, 'Calls to the API server a second.'),
  burst: whole(100, { minimum: 1, maximum: 2000 }, 'Calls that may come at once.'),
  timeout: span('15s', 'How long one call to the API server may take.'),
  resync: span('10h', 'How often every policy is looked at although nothing changed.'),
  silence: span('90s', 'A watch that is silent for so long is made anew.'),
  lease: span('15s', 'Another replica takes the lead when the leader was not heard for so long.'),
  retry: span('2s', 'How often the lead is renewed or asked for.'),
  authors: list(SovereigntyAuthor, [], 'Who may target namespaces other than their own.'),
  scan: span('5m', 'How often running pods and volumes are checked, besides at each change.'),
  reports: flag(true, 'Write policy reports where their kind is installed.'),
  custom: section({
    url: text('', 'Webhook that gets the violations of policies with enforcementAction custom.'),
    secret: text('', "Signs the webhook's requests (Standard Webhooks).", { secret: true }),
    action: text('', 'Moleculer action that gets them.'),
  }),
  port: whole(9443, { minimum: 0, maximum: 65_535 }, 'Port of health and metrics; 0: any free one.'),
  host: text('127.0.0.1', 'Address of health and metrics.'),
});

const Channel = section({
  type: oneOf(['webhook', 'slack', 'pagerduty', 'email'], 'webhook', 'What stands at the other end.'),
  url: text('', "Where notices go; of mail smtps://user@host; empty: PagerDuty's own address."),
  secret: text('', 'Signing secret of a webhook, routing key of PagerDuty, password of mail.', { secret: true }),
  severities: list(Type.String(), ['warning', 'critical'], 'Severities that the channel gets.'),
  digest: flag(false, 'Gets what owners are told who have no route of their own.'),
  from: text('', 'Sender of mail.'),
  to: text('', 'Address of mail that has no other.'),
});

const OwnerRoute = section({
  owner: text('', 'Owner as the tags name it; * stands for anything.'),
  channel: text('', 'Name of the channel.'),
  address: text('', "Address of mail; empty: the channel's own."),
});

const Notifier = section({
  channels: named(Channel, {}, { description: 'Where notices go, by name.' }),
  allow_private: flag(false, 'Channels may be at private addresses, such as a relay in the cluster.'),
  timeout: span('10s', 'How long one delivery may take.'),
  attempts: whole(5, { minimum: 1, maximum: 20 }, 'Tries of one delivery.'),
  dedupe: span('10m', 'The same notice is not sent again for so long.'),
  owners: list(OwnerRoute, [], 'Where owners are told what concerns them; the first that fits counts.'),
  window: span('15m', 'What an owner is told within this time is one message.'),
  answers: text(
    '',
    'Address that the token of a link is put behind, such as https://elava.example/answer#; empty: no links.',
  ),
});

const environments = {
  prod: { policies: ['security', 'compliance', 'cost', 'ownership', 'waste', 'tagging'], strict_mode: true },
  staging: { policies: ['security', 'cost', 'ownership', 'waste', 'tagging'], strict_mode: false },
  dev: { policies: ['security', 'ownership', 'waste', 'tagging'], strict_mode: false },
  default: { policies: ['ownership', 'waste', 'security'], strict_mode: false },
};

const tiers = {
  critical: { types: ['security_group', 'iam_role', 's3'], interval: '15m' },
  production: { types: ['ec2', 'rds', 'lambda', 'dynamodb'], interval: '1h' },
  standard: { interval: '6h' },
};

const owners = ['elava_owner', 'owner', 'Owner', 'team', 'Team'];
const stages = ['environment', 'Environment', 'env', 'Env', 'stage'];

export const ConfigSchema = section({
  providers: section({ aws: Aws }),
  storage: Storage,
  analyzer: Analyzer,
  attribution: Attribution,
  policies: Policies,
  environments: named(Environment, environments, {
    description: 'Which policies judge a resource, by its environment; environments not named stay as shipped.',
    keep: true,
  }),
  tags: section({
    owner: list(Type.String(), owners, 'Tags that name an owner; the first found counts.'),
    environment: list(Type.String(), stages, 'Tags that name an environment; the first found counts.'),
  }),
  tiers: named(Tier, tiers, {
    description: 'Which units are scanned how often; a unit belongs to the first tier that matches.',
  }),
  gateway: Gateway,
  client: Caller,
  tenants: Tenants,
  events: Events,
  decisions: Decisions,
  sovereignty: Sovereignty,
  reconciler: Reconciler,
  notifier: Notifier,
  nats: section({
    servers: list(Type.String(), [], 'NATS servers; none: one process, no broker server.'),
    namespace: text('elava', 'Namespace of the nodes, and the prefix of streams and buckets.', {
      pattern: '^[A-Za-z0-9_-]+$',
    }),
    user: text('', 'User on the servers.'),
    password: text('', 'Its password.', { secret: true }),
    token: text('', 'Token instead of user and password.', { secret: true }),
    credentials: text('', 'Credentials file (a JWT and its seed) instead of both.'),
    tls: section({
      enabled: flag(false, 'Speak TLS only; also on when one of the files is named.'),
      ca: text('', "File with the certificates that vouch for the servers; empty: the system's."),
      cert: text('', "File with this process's certificate, for servers that ask for one."),
      key: text('', 'File with its key.'),
    }),
    timeout: span(
      '10s',
      'How long the first connection may take, and how long the queue may keep a publisher waiting for an answer.',
    ),
    replicas: whole(
      1,
      { minimum: 1, maximum: 5 },
      'Servers that hold each stream and bucket; 3 in a cluster of three.',
    ),
    queue: whole(
      10_000,
      { minimum: 1, maximum: 1_000_000 },
      'Jobs that may wait in one queue; whoever publishes more waits.',
    ),
    ack_wait: span('30s', 'A job of which nothing was heard for so long is given to another worker.'),
    lease: span('15s', 'Another replica leads when the leader was not heard for so long.'),
  }),
  process: section({
    host: text('127.0.0.1', 'Address of health and metrics of a process that runs some of the roles.'),
    port: whole(0, { minimum: 0, maximum: 65_535 }, 'Its port; 0: none is opened.'),
  }),
  tracing: section({
    endpoint: text('', 'Where spans are sent, OTLP over HTTP (http://…:4318/v1/traces); empty: no tracing.'),
    ratio: share(1, 'Share of the traces that are kept; whoever calls decides for whom it calls.'),
    service: text('elava', 'service.name of the spans.'),
  }),
  log: section({
    level: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'What is logged.'),
  }),
});

export type Config = Milliseconds<Static<typeof ConfigSchema>>;
