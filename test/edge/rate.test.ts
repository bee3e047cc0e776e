import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeKey, writeKeys } from '../../services/gateway/auth/api-keys.ts';
import { directory } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { rig } from './rig.ts';

test('who asks more than the rate allows is told when to come again, and nobody else is', async () => {
  await using home = await directory();
  const file = join(home.path, 'keys.json');
  const expires = new Date(Date.now() + 3_600_000);
  const [busy, quiet] = ['busy', 'quiet'].map((id) => makeKey({ id, role: 'viewer' as const, tenants: '*', expires }));
  if (!busy || !quiet) throw new Error('two keys');
  await writeKeys(file, [busy.stored, quiet.stored]);
  await using edge = await rig({ 'gateway.auth.keys': file, 'gateway.rate': 2 });
  const refused = await until(async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => edge.call('/api/whoami', { key: busy.key })));
    return answers.find(({ status }) => status === 429);
  });
  expect(refused?.body).toMatchObject({ code: 'RATE_LIMITED' });
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await edge.call('/api/whoami', { key: quiet.key })).status).toBe(200);
});
