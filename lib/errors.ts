/**
 * Every error that leaves a function of ours carries a code of this table. Callers match the code, never the class: an
 * error's class does not cross Moleculer's wire, its `type` does. docs/errors.md is generated from here.
 */

/** `status` is the HTTP status, `exit` the command line's exit code, `next` what the reader should do now. */
export interface ErrorEntry {
  readonly status: number;
  readonly exit: 1 | 2 | 3 | 4 | 5;
  readonly text: string;
  readonly next: string;
}

const entry = (status: number, exit: ErrorEntry['exit'], text: string, next: string): ErrorEntry => ({
  status,
  exit,
  text,
  next,
});

export const errorTable = {
  INTERNAL: entry(500, 1, 'Something failed that should not have.', 'Report it with the log lines around it.'),
  CANCELLED: entry(499, 1, 'The caller gave up before the work was done.', 'Ask again.'),
  DEADLINE_EXCEEDED: entry(504, 1, 'The work took longer than it may.', 'Ask for less, or raise the deadline.'),
  QUEUE_FULL: entry(429, 1, 'A bounded queue is full.', 'Wait and try again; the queue drains by itself.'),
  INVALID_REQUEST: entry(400, 2, 'A parameter has a wrong type or value.', 'See the field named in the message.'),
  INVALID_RESPONSE: entry(
    500,
    1,
    'A service answered in a form that its contract forbids.',
    'Run one version on all nodes.',
  ),
  NOT_FOUND: entry(404, 1, 'There is no such thing.', 'Check the id.'),
  SERVICE_ABSENT: entry(404, 1, 'No process of this cluster runs the role.', 'Start one that does, or do without it.'),

  CONFIG_NOT_FOUND: entry(
    500,
    2,
    'The configuration file does not exist.',
    'Check the path given by --config or ELAVA_CONFIG.',
  ),
  CONFIG_SYNTAX: entry(500, 2, 'The configuration file is not valid YAML.', 'Mend the line named in the message.'),
  CONFIG_UNKNOWN_KEY: entry(
    500,
    2,
    'The configuration has a key that does not exist.',
    'Use the nearest known key, named in the message.',
  ),
  CONFIG_INVALID: entry(
    500,
    2,
    'A setting has a wrong type or value.',
    'See docs/config.md for what the setting takes.',
  ),
  CONFIG_CONFLICT: entry(500, 2, 'Two names of one setting have different values.', 'Keep one of them.'),
  CONFIG_BROKER: entry(
    500,
    2,
    'The broker was started with options that are not ours.',
    'Unset the environment variable named in the message.',
  ),

  REGION_UNKNOWN: entry(
    400,
    2,
    'There is no such AWS region.',
    'Use the name of a region, such as the one in the message.',
  ),
  TYPE_UNKNOWN: entry(400, 2, 'There is no such resource type.', 'Use a type of docs/resources.md.'),
  ACCOUNT_UNKNOWN: entry(
    400,
    2,
    'The account is not one of those that are configured.',
    'See elava accounts; add it to providers.aws.accounts, or widen providers.aws.organization.',
  ),
  ORGANIZATION_UNIT_UNKNOWN: entry(
    400,
    2,
    'There is no such organizational unit.',
    'Use an id, a name or a path of the organisation in providers.aws.organization.units.',
  ),
  TIER_UNKNOWN: entry(400, 2, 'There is no such tier.', 'Use a tier of the configuration.'),

  AWS_CREDENTIALS_MISSING: entry(
    401,
    1,
    'No AWS credentials were found.',
    'Set AWS_PROFILE, or the usual environment variables.',
  ),
  AWS_CREDENTIALS_INVALID: entry(
    401,
    1,
    'AWS does not know these credentials.',
    'Check the access key and its secret.',
  ),
  AWS_CREDENTIALS_EXPIRED: entry(401, 1, 'The AWS credentials have expired.', 'Sign in again.'),
  AWS_ACCESS_DENIED: entry(403, 4, 'AWS refuses this call.', 'Give the role the permission named in the message.'),
  AWS_SCP_DENIED: entry(
    403,
    4,
    'A policy of the organisation forbids this call.',
    'Ask who owns the service control policies to allow it, or leave the region or type out.',
  ),
  AWS_ACCOUNT_SUSPENDED: entry(
    403,
    4,
    'The account is suspended or closed: AWS answers nothing for it.',
    'Leave it out in providers.aws.organization.exclude, or have it reinstated.',
  ),
  AWS_THROTTLED: entry(
    429,
    4,
    'AWS answers too slowly for the number of calls.',
    'Scan again later, or lower providers.aws.rate.',
  ),
  AWS_REGION_DISABLED: entry(403, 4, 'The region is not enabled for the account.', 'Enable it, or leave it out.'),
  AWS_UNREACHABLE: entry(
    503,
    1,
    'The AWS endpoint cannot be reached.',
    'Check the network, the proxy and AWS_ENDPOINT_URL.',
  ),
  AWS_TIMEOUT: entry(504, 4, 'AWS did not answer in time.', 'Scan again.'),
  AWS_RESPONSE_INVALID: entry(502, 4, 'The endpoint answered something that is not AWS.', 'Check AWS_ENDPOINT_URL.'),
  AWS_SERVICE_ERROR: entry(502, 4, 'AWS failed to answer.', 'Scan again; AWS reports such faults on its health page.'),

  GATEWAY_OPEN_BIND: entry(
    500,
    2,
    'The server would be open to others without authentication.',
    'Set gateway.auth.keys (elava keys add) or gateway.auth.issuer, or bind 127.0.0.1; see docs/auth.md.',
  ),
  GATEWAY_UNREACHABLE: entry(
    503,
    1,
    'The server named by --server does not answer.',
    'Check the address, and that elava serve runs there.',
  ),

  UNAUTHENTICATED: entry(401, 1, 'The caller is not known.', 'Send Authorization: Bearer with a key or a token.'),
  AUTH_UNAVAILABLE: entry(503, 1, 'The issuer of tokens cannot be asked.', 'Try again; check gateway.auth.issuer.'),
  FORBIDDEN: entry(403, 1, 'The caller may not do this.', 'Ask for the role named in the message.'),
  ORIGIN_FORBIDDEN: entry(403, 1, 'The web page may not use this server.', 'Name its origin in gateway.origins.'),
  RATE_LIMITED: entry(429, 1, 'Too many requests.', 'Wait as long as Retry-After says.'),
  STREAMS_FULL: entry(503, 1, 'As many clients listen to streams as may.', 'Try later, or raise gateway.streams.'),
  BODY_TOO_LARGE: entry(413, 2, 'The body is too large.', 'Send less than 1 MiB.'),
  BODY_TOO_DEEP: entry(400, 2, 'The JSON is nested too deeply.', 'Nest at most 128 levels.'),
  MEDIA_TYPE: entry(415, 2, 'The body has a media type that is not read here.', 'Send application/json.'),
  TENANT_ID: entry(
    400,
    2,
    'This can be no tenant.',
    'A tenant id has 1 to 63 of a-z, 0-9, _ and -, and begins and ends with a letter or digit.',
  ),
  TENANT_UNKNOWN: entry(404, 1, 'There is no such tenant.', 'Check the id; elava tenants list shows them.'),
  TENANT_BUDGET: entry(
    429,
    1,
    "The tenant's budget is used up.",
    'Ask more slowly, or raise the budget of tenants.budgets.',
  ),
  POLICY_MEMORY: entry(507, 1, 'A policy wanted more memory than it may have.', 'Mend it, or raise tenants.memory.'),
  VERSION_CONFLICT: entry(
    412,
    1,
    'It was changed by another meanwhile.',
    'Read it again, and send its ETag as If-Match.',
  ),
  VERSION_REQUIRED: entry(428, 2, 'A change has to say which version it changes.', 'Send the ETag as If-Match.'),
  EXISTS: entry(409, 1, 'There is one of this id already.', 'Change it with PUT, or choose another id.'),

  STORE_IN_USE: entry(
    503,
    1,
    'Another process owns the data directory.',
    'Stop it, use --server with its address, or another storage.path.',
  ),
  STORE_FULL: entry(
    507,
    1,
    'The disk of the data directory is full.',
    'Free space; nothing that was acknowledged is lost.',
  ),
  STORE_MEMORY: entry(
    503,
    1,
    'The store has not enough memory for the question.',
    'Narrow the question, or raise storage.memory.',
  ),
  STORE_UNAVAILABLE: entry(
    503,
    1,
    'The store cannot be opened or reached.',
    'See the message; check storage.path or storage.url.',
  ),
  STORE_SCHEMA: entry(
    500,
    1,
    'The tables of the store are not those of this version.',
    'Run the version that wrote them, or use another storage.path.',
  ),
  STORE_CORRUPT: entry(
    500,
    1,
    'The store answers something it cannot hold.',
    'Restore a backup, or start with an empty directory and scan.',
  ),
  STORE_QUERY: entry(500, 1, 'The store refused a statement.', 'Report it with the message.'),

  POLICY_SYNTAX: entry(422, 2, 'A policy does not compile.', 'Mend the line named in the message.'),
  POLICY_NOT_FOUND: entry(404, 2, 'There is no such policy package.', 'See elava policy list.'),
  POLICY_LOAD: entry(500, 2, 'The policy directory cannot be read.', 'Check policies.path.'),
  POLICY_RESULT: entry(
    500,
    1,
    'A policy said something that the policy contract does not know.',
    'See docs/policies.md for the rules that decide.',
  ),
  POLICY_EVALUATION: entry(500, 1, 'A policy failed while it was evaluated.', 'Try it with elava policy eval.'),
  POLICY_QUARANTINED: entry(
    500,
    1,
    'A policy ended its thread three times and is not tried any more.',
    'Mend the policy; another revision of its bundle is tried again, and this one after ten minutes.',
  ),
  POLICY_COMPILER: entry(500, 1, 'The policy compiler failed.', 'Report it with the policy.'),
  TENANT_LIMIT: entry(
    507,
    1,
    'There are as many tenants as one process takes.',
    'Remove some, or run another process.',
  ),
  INPUT_INVALID: entry(400, 2, 'The input is not valid JSON.', 'Mend the file named in the message.'),
  KUBE_UNREACHABLE: entry(
    503,
    1,
    'The Kubernetes API server cannot be reached.',
    'Check sovereignty.kubeconfig and the network; the operator goes on trying.',
  ),
  KUBE_TIMEOUT: entry(504, 1, 'The Kubernetes API server did not answer in time.', 'Nothing: it is tried again.'),
  KUBE_THROTTLED: entry(429, 1, 'The Kubernetes API server asks for patience.', 'Nothing: it is tried again.'),
  KUBE_SERVER: entry(502, 1, 'The Kubernetes API server failed.', 'Nothing: it is tried again.'),
  KUBE_CONFLICT: entry(409, 1, 'The object was changed by another.', 'Nothing: it is read and tried again.'),
  KUBE_GONE: entry(410, 1, 'The history of the watch is gone.', 'Nothing: everything is listed again.'),
  KUBE_NOT_FOUND: entry(404, 1, 'The cluster has no such object or kind.', 'Create it, or install what serves it.'),
  KUBE_INVALID: entry(422, 1, 'The cluster refuses the object.', 'See the field named in the message.'),
  KUBE_FORBIDDEN: entry(403, 1, 'The cluster refuses this call.', 'Give the ServiceAccount the rights of the chart.'),
  KUBE_CONFIG: entry(500, 2, 'There is no way to reach a cluster.', 'Set sovereignty.kubeconfig, or run in a cluster.'),
  NATS_UNAVAILABLE: entry(
    503,
    1,
    'The NATS servers cannot be reached, or do not answer.',
    'Check nats.servers, the user and its permissions, TLS, and that JetStream is enabled.',
  ),
  ROLE_UNKNOWN: entry(400, 2, 'There is no such role.', 'Use roles of the list in the message.'),
  ROLE_UNAVAILABLE: entry(
    503,
    1,
    'No process of the cluster runs this role.',
    'Start one: elava serve --roles, with the same nats.servers and nats.namespace.',
  ),
  STORE_FENCED: entry(
    409,
    1,
    'Another process took over writing to the store.',
    'Nothing: this process stops writing and waits for its turn.',
  ),
  STORE_OPEN_BIND: entry(
    500,
    2,
    'The store would be served to other machines without a password.',
    'Set storage.password (ELAVA_STORAGE_PASSWORD), or bind a loopback address.',
  ),
  JOB_UNSETTLED: entry(
    500,
    1,
    'A job ended the processes that worked on it, again and again.',
    'Look at it with "elava jobs list", then retry or drop it.',
  ),
  NOT_LEADER: entry(409, 1, 'Another replica leads.', 'Nothing: the other one does the work.'),

  PLAN_EXPIRED: entry(409, 5, 'The plan is too old.', 'Make a new one: elava plan.'),
  PLAN_INVALID: entry(409, 5, 'The plan is not the one that was signed.', 'Make a new one, and ask who changed it.'),
  ACTION_REFUSED: entry(409, 5, 'The item is not in a state for this.', 'See elava plan show, and the reason.'),
  ACTION_STOPPED: entry(409, 5, 'Actions are stopped.', 'Find out why, then: elava stop --resume.'),
  APPROVAL_REFUSED: entry(403, 5, 'This person may not approve this.', 'Ask somebody else than who proposed it.'),
  LINK_INVALID: entry(
    409,
    5,
    'The link is not valid, or not any more.',
    'Ask for a new message, or use elava approve.',
  ),
  RECORD_CONFLICT: entry(409, 1, 'Somebody else was faster.', 'Read it again; what was wanted may be done.'),

  CHANNEL_UNKNOWN: entry(404, 2, 'There is no such channel.', 'Use a channel of notifier.channels.'),
  CHANNEL_ADDRESS: entry(
    403,
    1,
    'The address of a channel is one that must not be reached.',
    'Use a public address, or allow it in notifier.allow_private.',
  ),
  CHANNEL_REFUSED: entry(502, 1, 'A channel refuses the notice.', 'See the message; check its URL and key.'),
  CHANNEL_UNREACHABLE: entry(503, 1, 'A channel cannot be reached.', 'Nothing: it is tried again.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/** Has what Moleculer sends of an error, but is none of its own: a thread that evaluates need not load the broker for it. */
export class ElavaError extends Error {
  /** HTTP status. */
  readonly code: number;
  readonly type: ErrorCode;
  readonly data: unknown;
  readonly retryable = false;

  constructor(code: ErrorCode, message: string, options: { data?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ElavaError';
    this.code = errorTable[code].status;
    this.type = code;
    this.data = options.data;
  }
}

/** Makes the error to throw. `message` says what happened with names and values; the table says what to do. */
export function elavaError(
  code: ErrorCode,
  message: string,
  options?: { data?: unknown; cause?: unknown },
): ElavaError {
  return new ElavaError(code, message, options);
}

const brokerCodes: Record<string, ErrorCode> = {
  REQUEST_TIMEOUT: 'DEADLINE_EXCEEDED',
  QUEUE_FULL: 'QUEUE_FULL',
  VALIDATION_ERROR: 'INVALID_REQUEST',
  SERVICE_NOT_FOUND: 'SERVICE_ABSENT',
  SERVICE_NOT_AVAILABLE: 'SERVICE_ABSENT',
};

/** The code of any error, also of one that crossed the wire; INTERNAL when it carries none of ours. */
export function codeOf(error: unknown): ErrorCode {
  const type = (error as { type?: unknown } | null)?.type;
  if (typeof type !== 'string') return 'INTERNAL';
  if (type in errorTable) return type as ErrorCode;
  return brokerCodes[type] ?? 'INTERNAL';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? error);
}
