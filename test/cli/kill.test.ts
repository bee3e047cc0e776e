/** SIGKILL in the middle of a scan, ten times: nothing is lost and nothing is there twice. */
import { expect, test } from '@jest/globals';
import type { Resource } from '../../lib/resource.ts';
import { configure, simulatedAws } from '../support/aws.ts';
import { directory, elava, finished, ndjson, start } from '../support/cli.ts';

const kills = 10;

test('a scan that is killed ten times leaves a store that opens and a next scan that is right', async () => {
  await using aws = await simulatedAws(600, 2);
  await using home = await directory();
  await configure(home.path, aws);
  const at = { cwd: home.path, env: aws.env };
  const ended: (string | null)[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    aws.simulator.ledger.clear();
    const scan = start(['scan', '--no-judge'], at);
    const gone = finished(scan);
    // At another point of the listing each time: the calls that AWS has served tell how far the scan is.
    const calls = 3 + kill * 9;
    while (scan.exitCode === null && aws.simulator.ledger.report().calls < calls)
      await new Promise((r) => setTimeout(r, 5));
    scan.kill('SIGKILL');
    ended.push((await gone).signal);
    aws.world.drift(3, { modifyOnly: true });
  }
  expect(ended.filter((signal) => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(8);

  const last = await elava(['scan', '--no-judge'], at);
  expect(last).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await elava(['resources', '--output', 'ndjson'], at);
  const ids = ndjson<Resource>(stdout).map((r) => r.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.sort()).toEqual([...aws.world.expected()].map((r) => r.arn).sort());
  const stored = new Map(ndjson<Resource>(stdout).map((r) => [r.id, r.tags]));
  for (const { arn, tags } of aws.world.expected()) expect(stored.get(arn)).toEqual(tags);
});
