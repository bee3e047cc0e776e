/** Every setting, declared once: type, default and text. Its environment name is its path (`ELAVA_STORAGE_PATH`). */
import Type, { type Static } from 'typebox';

/** A duration as people write it ("30d", "7d", "15m", "90s", "500ms"); services get milliseconds. */
export const Duration = (text: string, fallback: string) =>
  Type.String({ pattern: '^[0-9]+(ms|s|m|h|d)$', default: fallback, description: text, 'x-duration': true });

const Account = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9]{12}$', description: 'The twelve digits of the AWS account.' }),
    name: Type.String({ default: '', description: 'What people call it.' }),
    role_arn: Type.String({ default: '', description: "The role to assume; empty: the caller's own credentials." }),
    external_id: Type.String({ default: '', description: 'The external id that the role asks for.' }),
    environment: Type.String({ default: '', description: 'The environment of resources whose tags do not tell.' }),
  },
  { additionalProperties: false },
);

const Aws = Type.Object(
  {
    regions: Type.Array(Type.String(), { default: ['us-east-1'], description: 'Regions to scan.' }),
    accounts: Type.Array(Account, { default: [], description: "Accounts to scan; none: the caller's own." }),
    types: Type.Array(Type.String(), { default: [], description: 'Resource types to scan; none: all.' }),
    session_name: Type.String({ default: 'elava', description: 'Session name when a role is assumed.' }),
    rate: Type.Number({
      minimum: 0.01,
      maximum: 1,
      default: 0.5,
      description: "Share of AWS's published request limits that a scan may use.",
    }),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 8,
      description: 'Units that one process scans at once.',
    }),
    timeout: Duration('How long one AWS call may take.', '30s'),
    unit_timeout: Duration('How long the scan of one unit may take.', '15m'),
  },
  { additionalProperties: false },
);

const Tier = Type.Object(
  {
    types: Type.Array(Type.String(), { default: [], description: 'Resource types; none: all.' }),
    accounts: Type.Array(Type.String(), { default: [], description: 'Account ids; none: all.' }),
    regions: Type.Array(Type.String(), { default: [], description: 'Regions; none: all.' }),
    interval: Duration('How often the units of the tier are scanned.', '1h'),
  },
  { additionalProperties: false },
);

const Environment = Type.Object(
  {
    policies: Type.Array(Type.String(), { default: [], description: 'Packages under elava. that judge it.' }),
    strict_mode: Type.Boolean({
      default: false,
      description: 'A warn counts as flag, and every action needs an approval.',
    }),
  },
  { additionalProperties: false },
);

export const ConfigSchema = Type.Object(
  {
    providers: Type.Object({ aws: Aws }, { additionalProperties: false }),
    storage: Type.Object(
      {
        path: Type.String({ default: './.elava', description: 'Data directory of the embedded store.' }),
        retention: Duration('How long versions, changes and coverage are kept.', '30d'),
        decision_retention: Duration('How long evaluations and decisions are kept.', '400d'),
        url: Type.String({ default: '', description: 'A ClickHouse server (http://…); empty: the embedded engine.' }),
        database: Type.String({ pattern: '^[a-z_][a-z0-9_]*$', default: 'elava', description: 'Database name.' }),
        username: Type.String({ default: 'default', description: 'User on the server.' }),
        password: Type.String({ default: '', description: 'Its password.', 'x-secret': true }),
        memory: Type.Integer({ minimum: 256, default: 2048, description: 'Memory of the embedded engine, in MiB.' }),
        sessions: Type.Integer({
          minimum: 1,
          maximum: 16,
          default: 4,
          description: 'Queries that the embedded engine runs at once.',
        }),
      },
      { additionalProperties: false },
    ),
    analyzer: Type.Object(
      {
        drift: Type.Object(
          {
            enabled: Type.Boolean({ default: true, description: 'Look for drift.' }),
            attribution: Type.Boolean({ default: true, description: 'Say who changed it.' }),
          },
          { additionalProperties: false },
        ),
        waste: Type.Object(
          {
            enabled: Type.Boolean({ default: true, description: 'Look for waste.' }),
            idle_threshold: Duration('How long unused is idle.', '7d'),
          },
          { additionalProperties: false },
        ),
      },
      { additionalProperties: false },
    ),
    policies: Type.Object(
      {
        enabled: Type.Boolean({ default: true, description: 'Judge resources.' }),
        path: Type.String({ default: './policies', description: 'Directory of the policies.' }),
        hot_reload: Type.Boolean({ default: true, description: 'Load policies again when they change.' }),
        default_decision: Type.Union([Type.Literal('require_approval'), Type.Literal('deny'), Type.Literal('flag')], {
          default: 'require_approval',
          description: 'What a policy that fails decides.',
        }),
        enforcement_mode: Type.Union([Type.Literal('monitor'), Type.Literal('notify'), Type.Literal('enforce')], {
          default: 'notify',
          description: 'What decisions lead to.',
        }),
        workers: Type.Integer({
          minimum: 0,
          maximum: 64,
          default: 0,
          description: 'Threads that evaluate; 0: one a core, four at most.',
        }),
        batch: Type.Integer({
          minimum: 1,
          maximum: 10000,
          default: 200,
          description: 'Resources that one task of a worker evaluates.',
        }),
        timeout: Duration('How long one batch may be evaluated.', '10s'),
        memory: Type.Integer({ minimum: 16, default: 128, description: 'Memory of one policy instance, in MiB.' }),
        interval: Duration('How often every live resource is judged again.', '1h'),
      },
      { additionalProperties: false },
    ),
    environments: Type.Record(Type.String({ pattern: '^[a-z0-9_-]+$' }), Environment, {
      default: {
        prod: { policies: ['security', 'compliance', 'cost', 'ownership', 'waste', 'tagging'], strict_mode: true },
        staging: { policies: ['security', 'cost', 'ownership', 'waste', 'tagging'], strict_mode: false },
        dev: { policies: ['security', 'ownership', 'waste', 'tagging'], strict_mode: false },
        default: { policies: ['ownership', 'waste', 'security'], strict_mode: false },
      },
      description: 'Which policies judge a resource, by its environment.',
    }),
    tags: Type.Object(
      {
        owner: Type.Array(Type.String(), {
          default: ['elava_owner', 'owner', 'Owner', 'team', 'Team'],
          description: 'Tags that name an owner, the first found counts.',
        }),
        environment: Type.Array(Type.String(), {
          default: ['environment', 'Environment', 'env', 'Env', 'stage'],
          description: 'Tags that name an environment.',
        }),
      },
      { additionalProperties: false },
    ),
    tiers: Type.Record(Type.String({ pattern: '^[a-z0-9_-]+$' }), Tier, {
      default: {
        critical: { types: ['security_group', 'iam_role', 's3'], accounts: [], regions: [], interval: '15m' },
        production: { types: ['ec2', 'rds', 'lambda', 'dynamodb'], accounts: [], regions: [], interval: '1h' },
        standard: { types: [], accounts: [], regions: [], interval: '6h' },
      },
      description: 'Which units are scanned how often; a unit belongs to the first tier that matches.',
    }),
    gateway: Type.Object(
      {
        host: Type.String({ default: '127.0.0.1', description: 'Address that the HTTP server binds.' }),
        port: Type.Integer({ minimum: 0, maximum: 65535, default: 8181, description: 'Its port; 0: any free one.' }),
      },
      { additionalProperties: false },
    ),
    nats: Type.Object(
      {
        servers: Type.Array(Type.String(), {
          default: [],
          description: 'NATS servers; none: one process, no broker server.',
        }),
        namespace: Type.String({ default: 'elava', description: 'Namespace of the nodes.' }),
      },
      { additionalProperties: false },
    ),
    log: Type.Object(
      {
        level: Type.Union(
          ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((l) => Type.Literal(l)),
          { default: 'info', description: 'What is logged.' },
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/** As written: durations are strings. lib/config/load.ts turns them into `Config`. */
export type ConfigFile = Static<typeof ConfigSchema>;

/** As services read it: every duration is a number of milliseconds under its own name. */
export type Config = Milliseconds<ConfigFile>;

type DurationKey = 'timeout' | 'unit_timeout' | 'interval' | 'retention' | 'decision_retention' | 'idle_threshold';
type Milliseconds<T> = {
  [K in keyof T]: K extends DurationKey
    ? number
    : T[K] extends readonly unknown[]
      ? T[K]
      : T[K] extends object
        ? Milliseconds<T[K]>
        : T[K];
};
