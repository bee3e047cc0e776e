import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { rig } from './rig.ts';
import { seedRequest } from './seed.ts';

test('test_policy_engine_works_without_eventstream', async () => {
  await using edge = await rig({ 'events.enabled': false });
  const { body } = await edge.call('/v1/data/tenants/tenant_a/allow', { body: seedRequest });
  expect(body.result).toEqual({ allow: true, redact: ['pii.email'], reason: 'Allowed by data residency policy' });
  expect((await edge.metrics.eventsEmitted.get()).values).toEqual([]);
});

test('the README tells of tenants and how they are kept apart', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(readme).toContain('docs/edge.md');
  expect(readFileSync('docs/edge.md', 'utf8')).toContain('## Isolation');
});
