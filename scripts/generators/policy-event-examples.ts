/** What the document of policy events shows: the fields of each payload, and the five flows. */
import type { EventType } from '../../lib/policy-event/envelope.ts';
import type { ChangeRecord, DecisionRecord, PolicyRecord } from '../../lib/policy-event/record.ts';

type Field = readonly [name: string, type: string, words: string];

const about: readonly Field[] = [
  ['tenant_id', 'string', 'whose policies decided'],
  ['agent_id', 'string', '`agent`, `agent.id` or `subject.user_id` of the input; "" for none'],
  ['action', 'string', '`action` of the input; "" for none'],
  ['resource', 'any', '`resource` of the input, null for none'],
  ['matched_policy', 'string or null', 'the policy that decided; null where a default did'],
  ['matched_rule', 'string or null', 'and its rule'],
  ['decision_id', 'string', 'UUID, as in the answer, the stream and the decision log'],
  ['path', 'string', 'what was asked: `tenants/a/allow`'],
  ['bundle', 'string', 'digest of what was evaluated'],
  ['requested_by', 'string', 'the caller: `key:…`, `user:…`, `development`'],
  ['error', 'string', 'only where the evaluation failed: a code; it then counts as denied'],
  ['result.allowed', 'boolean', ''],
  ['result.effect', 'allow, deny, warn or audit', ''],
  ['result.reason', 'string', ''],
];
const governed: readonly Field[] = [
  ['tenant_id', 'string', ''],
  ['policy_id', 'string', ''],
  ['name', 'string', ''],
  ['version', 'integer', 'the ETag of the policy'],
  ['changed_by', 'string', 'the caller'],
];

export const payloads: Readonly<Record<EventType, readonly Field[]>> = {
  'policy.evaluated': [
    ...about,
    ['evaluation_time_ms', 'number', 'of the evaluation alone'],
    ['context', 'object', 'the whole input'],
  ],
  'policy.denied': about,
  'policy.warning_triggered': [...about, ['warnings', 'list of strings', 'what is warned of']],
  'policy.audit_required': about,
  'policy.created': [...governed, ['policy', 'object', 'the policy']],
  'policy.updated': [...governed, ['changes', 'object', 'field → `{old, new}`, of those that changed']],
  'policy.deleted': [...governed, ['policy', 'object', 'as it was before']],
};

const decision = (more: Partial<DecisionRecord>): DecisionRecord => ({
  kind: 'decision',
  id: '3c9d1c6e-6a0f-4f0e-9a55-0d6d3b1f6a10',
  tenant: 'tenant_a',
  at: '2026-11-22T14:30:00.250Z',
  path: 'tenants/tenant_a/policies',
  input: '{"agent":{"id":"agent-7"},"action":"read","resource":{"kind":"file","name":"notes.txt"}}',
  result: 'true',
  allowed: true,
  effect: 'allow',
  reason: 'anybody may read it',
  policy: 'files',
  rule: 'other-files',
  micros: 180,
  bundle: 'c8d0aed6',
  principal: 'key:agents',
  correlation: 'req-42',
  error: '',
  ...more,
});
const change: ChangeRecord = {
  kind: 'change',
  id: '7d7a5d52-8a39-4e6a-8a3f-2b8c2f3f1a77',
  tenant: 'tenant_a',
  at: '2026-11-22T14:31:00.000Z',
  type: 'policy.updated',
  payload: {
    tenant_id: 'tenant_a',
    policy_id: 'files',
    name: 'files',
    version: 2,
    changed_by: 'user:ada',
    changes: { enabled: { old: true, new: false } },
  },
  principal: 'user:ada',
  correlation: 'req-43',
};

interface Flow {
  readonly title: string;
  readonly words: string;
  readonly record: PolicyRecord;
}

export const flows: readonly Flow[] = [
  { title: 'Allow', words: 'One event.', record: decision({}) },
  {
    title: 'Deny',
    words: '`policy.evaluated`, then `policy.denied` with the same `decision_id` and an id of its own.',
    record: decision({
      allowed: false,
      effect: 'deny',
      reason: 'agent-7 may not read notes.txt',
      rule: 'secret-files',
      result: 'false',
    }),
  },
  {
    title: 'Warn',
    words: 'It is allowed, and somebody should look.',
    record: decision({
      effect: 'warn',
      reason: 'notes.txt is old',
      rule: 'old-files',
      result: '{"allow":true,"warnings":["notes.txt is old"]}',
    }),
  },
  {
    title: 'Audit',
    words: 'It is allowed, and has to be recorded.',
    record: decision({ effect: 'audit', reason: 'reads of notes.txt are recorded', rule: 'watched-files' }),
  },
  {
    title: 'Create, update, delete',
    words:
      'A change is told after it was written; `policy.created` and `policy.deleted` carry the policy, `policy.updated` what changed.',
    record: change,
  },
];
