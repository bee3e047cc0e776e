/** What belongs to a verb beyond what the parser knows: how else it can end, which files it touches, where to go on. */

export interface Related {
  /** Exit codes besides 0, 1, 2 and 130, with what they mean here. */
  readonly ends?: Readonly<Record<number, string>>;
  /** Files besides the configuration and the store. */
  readonly files?: readonly (readonly [string, string])[];
  /** Environment besides that of every verb. */
  readonly environment?: readonly (readonly [string, string])[];
  /** Verbs, without `elava`. */
  readonly see: readonly string[];
}

const aws = [
  ['AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID, …', 'credentials and region, as the AWS SDK finds them'],
  ['AWS_ENDPOINT_URL', 'another endpoint than AWS, such as the simulator'],
] as const;
const refused = { 5: 'refused for safety: stopped, too old, changed since it was judged, or not approved' } as const;
const rego = [['policies.path', 'the directory of Rego; the shipped policies when it is not set']] as const;
const bundles = [['tenants.path (BUNDLES_DIR)', 'a directory a tenant: policy.rego, data.json']] as const;
const keys = [['gateway.auth.keys', 'the hashes of the keys, as JSON']] as const;

/** By the verb's path without `elava`; a test holds it to the parser. */
export const related: Readonly<Record<string, Related>> = {
  init: {
    files: [['elava.yaml', 'written, unless it is there']],
    environment: aws,
    see: ['doctor', 'accounts', 'config'],
  },
  doctor: {
    ends: { 4: 'some accounts, regions or types cannot be read' },
    environment: aws,
    see: ['init', 'accounts', 'coverage'],
  },
  accounts: { ends: { 4: 'some accounts do not tell their regions' }, environment: aws, see: ['doctor', 'tiers'] },
  tiers: { see: ['accounts', 'scan', 'serve'] },
  scan: {
    ends: {
      3: 'findings at least as strong as --fail-on',
      4: 'some units could not be read; it goes before 3',
    },
    environment: aws,
    see: ['coverage', 'changes', 'findings', 'serve'],
  },
  resources: { see: ['search', 'counts', 'timeline', 'states'] },
  counts: { see: ['resources', 'activity', 'diff'] },
  search: { see: ['resources', 'timeline', 'relations'] },
  states: { see: ['resources', 'waste'] },
  relations: { see: ['timeline', 'search', 'plan show'] },
  changes: { see: ['timeline', 'activity', 'diff', 'drift'] },
  activity: { see: ['changes', 'counts'] },
  diff: { see: ['changes', 'counts', 'resources'] },
  drift: { see: ['changes', 'patterns'] },
  waste: {
    files: [['--parquet <file>', 'the facts of each finding, for whoever prices them']],
    see: ['states', 'findings', 'plan'],
  },
  patterns: { see: ['drift', 'activity'] },
  findings: { see: ['policy explain', 'exemptions add', 'plan'] },
  timeline: { see: ['changes', 'relations', 'policy explain'] },
  coverage: { see: ['scan', 'doctor'] },
  policy: { files: rego, see: ['findings', 'tenants'] },
  'policy list': { files: rego, see: ['policy check', 'findings'] },
  'policy check': { files: rego, see: ['policy test', 'policy fmt'] },
  'policy test': { files: rego, see: ['policy check', 'policy explain'] },
  'policy eval': { files: rego, see: ['policy explain', 'policy bench'] },
  'policy explain': { files: rego, see: ['policy eval', 'findings'] },
  'policy fmt': { files: rego, see: ['policy check'] },
  'policy build': { files: rego, see: ['policy check', 'tenants check'] },
  'policy bench': { files: rego, see: ['policy eval'] },
  exemptions: { see: ['findings'] },
  'exemptions list': { see: ['exemptions add', 'exemptions remove'] },
  'exemptions add': { see: ['exemptions list', 'findings'] },
  'exemptions remove': { see: ['exemptions list'] },
  plan: { ends: refused, see: ['approve', 'apply', 'actions kinds', 'stop'] },
  'plan list': { see: ['plan show', 'apply'] },
  'plan show': { see: ['approve', 'relations'] },
  apply: { ends: refused, environment: aws, see: ['plan', 'approve', 'undo', 'stop'] },
  approve: { ends: refused, see: ['plan show', 'revoke', 'apply'] },
  revoke: { ends: refused, see: ['approve', 'cancel'] },
  cancel: { ends: refused, see: ['plan show', 'extend'] },
  acknowledge: { ends: refused, see: ['cancel', 'extend'] },
  extend: { ends: refused, see: ['cancel', 'acknowledge'] },
  undo: { ends: refused, environment: aws, see: ['actions', 'apply'] },
  actions: { see: ['actions kinds', 'undo', 'plan list'] },
  'actions kinds': { see: ['plan'] },
  stop: { ends: { 5: 'with --status: actions are stopped' }, see: ['apply', 'plan'] },
  tenants: { files: bundles, see: ['policy', 'keys', 'serve'] },
  'tenants list': { files: bundles, see: ['tenants check'] },
  'tenants add': { files: bundles, see: ['tenants test', 'keys add'] },
  'tenants check': { files: bundles, see: ['tenants test', 'policy check'] },
  'tenants test': { files: bundles, see: ['tenants check'] },
  keys: { files: keys, see: ['serve', 'tenants'] },
  'keys add': { files: keys, see: ['keys list', 'keys remove'] },
  'keys list': { files: keys, see: ['keys add'] },
  'keys remove': { files: keys, see: ['keys list'] },
  serve: {
    ends: { 1: 'also when the lead was lost: start it again and it waits' },
    environment: aws,
    see: ['scan', 'store serve', 'config'],
  },
  store: { see: ['serve'] },
  'store serve': { see: ['serve', 'config'] },
  jobs: { see: ['serve'] },
  'jobs list': { see: ['jobs retry', 'jobs drop'] },
  'jobs retry': { see: ['jobs list'] },
  'jobs drop': { see: ['jobs list'] },
  config: { see: ['init', 'doctor'] },
  completion: { see: ['help'] },
  help: { files: [['<directory>/man1/elava*.1', 'written by --man']], see: ['completion'] },
  demo: { see: ['scan', 'serve'] },
};
