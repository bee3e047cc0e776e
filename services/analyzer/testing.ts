/** Changes and resources as tests of the analyzers need them. */
import type { Change, FieldChange } from '../../lib/resource.ts';
import type { StoredResource } from '../history/history.contract.ts';

export const now = Date.parse('2026-11-20T12:00:00.000Z');
const account = '111111111111';

export function change(type: string, fields: FieldChange[], more: Partial<Change> = {}): Change {
  return {
    id: `arn:aws:x:eu-west-1:${account}:${type}/one`,
    account,
    region: 'eu-west-1',
    type,
    name: 'one',
    kind: 'modified',
    at: '2026-11-20T10:00:00.000Z',
    revision: '1',
    baseline: false,
    severity: 'low',
    fields,
    ...more,
  };
}

export function stored(type: string, more: Partial<StoredResource> & Record<string, unknown> = {}): StoredResource {
  return {
    id: `arn:aws:ec2:eu-west-1:${account}:${type}/one`,
    provider: 'aws',
    account,
    region: 'eu-west-1',
    type,
    name: 'one',
    status: '',
    tags: { owner: 'a@acme.example' },
    created_at: '2026-01-01T00:00:00.000Z',
    refs: [],
    metadata: {},
    first_seen: '2026-11-01T00:00:00.000Z',
    last_seen: '2026-11-20T11:00:00.000Z',
    state_since: '2026-11-01T00:00:00.000Z',
    revision: '1',
    ...more,
  };
}
