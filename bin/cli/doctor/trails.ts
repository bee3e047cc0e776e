/** Audit logs that could not be read, or not fast enough, when the last changes were attributed. Pure. */
import type { TrailCursor } from '../../../services/history/history.contract.ts';
import { type Check, ok, skip, warn } from './check.ts';

/** More are summed up: one missing permission is missing in every region. */
const MOST = 5;

/** Changes are seen without them, and told with a guess of who made them: no more than a warning. */
export function checkTrails(cursors: readonly TrailCursor[]): Check[] {
  const logs = cursors.filter(({ source }) => source !== 'opening');
  if (logs.length === 0)
    return [skip('audit logs', 'none was read yet: a change is attributed after the scan that saw it')];
  const bad = logs.filter(({ state }) => state !== 'current');
  const events = logs.reduce((sum, cursor) => sum + cursor.events, 0).toLocaleString('en');
  const good = logs.length - bad.length;
  const said = ok('audit logs', `${good} of ${logs.length} read, ${events} calls at the last reading`);
  return [...(good > 0 ? [said] : []), ...bad.slice(0, MOST).map(warned), ...more(bad.length - MOST)];
}

function warned({ account, region, state, error, detail }: TrailCursor): Check {
  const next =
    state === 'behind'
      ? 'See "From where" in docs/attribution.md.'
      : 'Allow cloudtrail:LookupEvents (deploy/iam), or set attribution.bucket or attribution.queue.';
  return warn('audit logs', error === '' ? detail : `${error}: ${detail}`, { of: `${account} ${region}`, next });
}

function more(count: number): Check[] {
  return count > 0 ? [warn('audit logs', `and ${count} more`)] : [];
}
