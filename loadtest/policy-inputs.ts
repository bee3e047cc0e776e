/** Rows to judge: resources of the nine types, 1.5 kB each, sound and unsound, from a seed. */
import type { Resource } from '../lib/resource.ts';
import type { JudgingRow } from '../services/history/history.contract.ts';
import { generator, type Pick } from './random.ts';

export const now = '2026-11-20T12:00:00.000Z';
const types = ['ec2', 'ebs', 'snapshot', 'security_group', 'rds', 's3', 'lambda', 'iam_role', 'dynamodb'] as const;
type TypeName = (typeof types)[number];
const environments = ['production', 'prod', 'staging', 'dev', 'sandbox', ''];
const owners = ['payments', 'search', 'platform@example.com', ''];

type Fields = Readonly<Record<string, unknown>>;

const rule = (pick: Pick): Fields => ({
  direction: 'ingress',
  protocol: 'tcp',
  from_port: [22, 443, 5432, 8080][pick(4)],
  to_port: [22, 443, 5432, 8080][pick(4)],
  source: ['10.0.0.0/8', '0.0.0.0/0', 'sg-0123456789abcdef0', '192.168.0.0/16'][pick(4)],
  description: '',
});

/** What each type's file in the scanner makes flat, as far as policies read it. */
const fieldsOf: Readonly<Record<TypeName, (pick: Pick) => Fields>> = {
  ec2: (pick) => ({
    instance_type: ['m5.large', 't2.micro', 'c7g.xlarge'][pick(3)],
    imdsv2_required: pick(3) > 0,
    detailed_monitoring: false,
    public_ip: pick(4) === 0 ? '203.0.113.7' : undefined,
    stopped_since: pick(5) === 0 ? '2026-10-01T00:00:00.000Z' : undefined,
    security_groups: [rule(pick), rule(pick)],
    security_group_ids: ['arn:aws:ec2:eu-west-1:210000000001:security-group/sg-0123456789abcdef0'],
    volume_ids: [],
  }),
  ebs: (pick) => ({
    volume_type: ['gp2', 'gp3'][pick(2)],
    size_gib: 100,
    encrypted: pick(3) > 0,
    attached: pick(4) > 0,
  }),
  snapshot: (pick) => ({ size_gib: 50, encrypted: pick(3) > 0, public: pick(20) === 0 }),
  security_group: (pick) => ({ rules: Array.from({ length: 1 + pick(4) }, () => rule(pick)) }),
  rds: (pick) => ({
    engine: ['postgres', 'mysql'][pick(2)],
    encrypted: pick(4) > 0,
    publicly_accessible: pick(6) === 0,
    backup_retention_days: pick(10),
    multi_az: pick(2) === 0,
  }),
  s3: (pick) => ({ public_read: pick(12) === 0, public_write: false, encrypted: true, versioning: pick(2) === 0 }),
  lambda: (pick) => ({ runtime: ['nodejs22.x', 'python3.8', 'go1.x'][pick(3)], memory_mb: 512, timeout_seconds: 30 }),
  iam_role: (pick) => ({
    path: '/',
    attached_policies: pick(10) === 0 ? ['arn:aws:iam::aws:policy/AdministratorAccess'] : [],
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }],
    },
  }),
  dynamodb: (pick) => ({ billing_mode: 'PAY_PER_REQUEST', item_count: pick(3), encrypted: true }),
};

/** Policies do not look at it, but it is parsed with the rest: what else the API said. */
function filler(pick: Pick): Fields {
  return Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`Attribute${i}`, { Name: `value-${pick(100_000)}`, Enabled: pick(2) === 0 }]),
  );
}

function resourceOf(index: number, pick: Pick): Resource {
  const type = types[pick(types.length)] ?? 'ec2';
  const fields = fieldsOf[type](pick);
  const tags = {
    owner: owners[pick(4)] ?? '',
    environment: environments[pick(6)] ?? '',
    Name: `thing-${index}`,
  };
  return {
    id: `arn:aws:${type}:eu-west-1:210000000001:${type}/thing-${index}`,
    provider: 'aws',
    account: '210000000001',
    region: 'eu-west-1',
    type,
    name: `thing-${index}`,
    status: ['running', 'available', 'stopped', 'in-use', ''][pick(5)] ?? '',
    tags: pick(12) === 0 ? {} : tags,
    created_at: `2025-${String(1 + pick(12)).padStart(2, '0')}-11T08:00:00.000Z`,
    refs: [],
    ...fields,
    metadata: { ...fields, ...filler(pick) },
  };
}

const daysBefore = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString();

/** Rows as history gives them, of resources of which no result is stored yet. */
export function policyRows(count: number, seed = 20_261_122): JudgingRow[] {
  const pick = generator(seed);
  return Array.from({ length: count }, (_, index) => ({
    resource: resourceOf(index, pick),
    revision: '1',
    history: [],
    facts: {
      first_seen: daysBefore(20 + pick(400)),
      last_seen: daysBefore(0.02),
      state_since: daysBefore(pick(40)),
      changes: 0,
      window_days: 30,
      coverage: 'complete' as const,
    },
    related: {},
    last: {},
  }));
}
