/** Facts of the context that the shipped rules are built on, by the names that the types' files give their fields. */
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { judgeSettings } from '../../services/policy/settings.ts';
import { daysAgo, inputOf } from '../seeds/inputs.ts';
import { folder } from './shipped.ts';

const settings = judgeSettings(loadConfig({ env: {}, cwd: folder }).config);
const contextOf = (type: string, fields: object) => inputOf({ type, fields: { ...fields } }, settings).context;

test('the last use of a role is a number of days, and absent when nobody ever used it', () => {
  expect(contextOf('iam_role', { last_used: daysAgo(100) })).toMatchObject({ last_used_days: 100 });
  expect(contextOf('ec2', { last_used_at: daysAgo(3) })).toMatchObject({ last_used_days: 3 });
  expect(contextOf('iam_role', { last_used: '' })).not.toHaveProperty('last_used_days');
  expect(contextOf('iam_role', {})).not.toHaveProperty('last_used_days');
});
