/** The main job, through the command line, against a world that knows what is true. */
import { describe, expect, test } from '@jest/globals';
import type { Change, Resource } from '../../lib/resource.ts';
import { type Aws, configure, simulatedAws } from '../support/aws.ts';
import { directory, elava, ndjson } from '../support/cli.ts';

type Summary = { id: string; tags: Record<string, string> };

function expectedOf({ world }: Aws): Summary[] {
  return [...world.expected()].map(({ arn, tags }) => ({ id: arn, tags: { ...tags } })).sort(byId);
}
function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
async function listed(cwd: string): Promise<Summary[]> {
  const { stdout } = await elava(['resources', '--output', 'ndjson'], { cwd });
  return ndjson<Resource>(stdout)
    .map(({ id, tags }) => ({ id, tags }))
    .sort(byId);
}

describe('elava scan', () => {
  test('finds what there is, writes n versions after n changes and none after none', async () => {
    await using aws = await simulatedAws(240, 2);
    await using home = await directory();
    await configure(home.path, aws);
    const at = { cwd: home.path, env: aws.env };

    const first = await elava(['scan', '--fail-on', 'never', '--output', 'json'], at);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(await listed(home.path)).toEqual(expectedOf(aws));

    const again = JSON.parse((await elava(['scan', '--fail-on', 'never', '--output', 'json'], at)).stdout);
    expect(again.changes).toEqual([]);
    expect(again.scan.units.reduce((sum: number, unit: { changed: number }) => sum + unit.changed, 0)).toBe(0);

    const drifted = aws.world.drift(12);
    const third = JSON.parse((await elava(['scan', '--fail-on', 'never', '--output', 'json'], at)).stdout);
    expect(third.changes.map(({ id, kind }: Change) => `${id} ${kind}`).sort()).toEqual(
      drifted.map(({ arn, change }) => `${arn} ${change}`).sort(),
    );
    expect(await listed(home.path)).toEqual(expectedOf(aws));
  });

  test('a denied unit keeps its resources, is shown, and makes the exit code 4 although there are findings', async () => {
    await using aws = await simulatedAws(120);
    await using home = await directory();
    await configure(home.path, aws);
    const at = { cwd: home.path, env: aws.env };
    expect((await elava(['scan'], at)).code).toBe(3);
    const before = await listed(home.path);

    aws.simulator.faults.add([{ kind: 'deny', region: 'eu-west-1', action: 'ec2:DescribeVolumes' }]);
    const denied = await elava(['scan'], at);
    expect(denied.code).toBe(4);
    expect(denied.stdout).toMatch(/failed .*eu-west-1\/ebs .*AWS_ACCESS_DENIED/);
    expect(await listed(home.path)).toEqual(before);
  });

  test('--risk-only shows only what nobody owns and policies object to', async () => {
    await using aws = await simulatedAws(120);
    await using home = await directory();
    await configure(home.path, aws);
    const ran = await elava(['scan', '--risk-only', '--output', 'ndjson'], { cwd: home.path, env: aws.env });
    const risky = ndjson<{ id: string; reasons: string[] }>(ran.stdout);
    expect(risky.length).toBeGreaterThan(0);
    const tags = new Map(expectedOf(aws).map((r) => [r.id, r.tags]));
    for (const { id, reasons } of risky) {
      expect(reasons.length).toBeGreaterThan(0);
      expect(['elava_owner', 'owner', 'Owner', 'team', 'Team'].filter((tag) => tags.get(id)?.[tag])).toEqual([]);
    }
  });
});
