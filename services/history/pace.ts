/** How often units are read and whether the last time saw a change: what intervals are tuned by. */
import type { Static } from 'typebox';
import type { Store } from '../../lib/clickhouse/store.ts';
import type { historyContract } from './history.contract.ts';

type Pace = (typeof historyContract)['actions']['pace'];

interface Row {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly at: string;
  readonly moved: string;
}

/** The last two complete observations of each unit, where there are two and the later one was no baseline. */
export async function readPace(
  store: Store,
  { accounts, since }: Static<Pace['params']>,
): Promise<Static<Pace['result']>> {
  const rows = await store.rows<Row>(
    `SELECT account, region, type, toUnixTimestamp64Milli(started) AS at, changed + gone > 0 AND NOT baseline AS moved
     FROM coverage WHERE account IN {accounts:Array(String)} AND state = 'complete'
       AND finished >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
     ORDER BY type, account, region, rev DESC LIMIT 2 BY type, account, region`,
    { accounts, since: Date.parse(since) },
  );
  const units: Static<Pace['result']>['units'] = [];
  for (let i = 1; i < rows.length; i++) {
    const [last, before] = [rows[i - 1] as Row, rows[i] as Row];
    const { account, region, type } = last;
    if (before.account !== account || before.region !== region || before.type !== type) continue;
    units.push({
      account,
      region,
      type,
      between_ms: Number(last.at) - Number(before.at),
      changed: Number(last.moved) === 1,
    });
  }
  return { units };
}
