/** Who did it, from the audit log to the policy that proposes an owner (seed 001), through the command line. */
import { expect, test } from '@jest/globals';
import type { Change } from '../../lib/resource.ts';
import { type Aws, configure, simulatedAws } from '../support/aws.ts';
import { directory, elava, ndjson } from '../support/cli.ts';
import { until } from '../support/until.ts';

const owners = ['elava_owner', 'owner', 'Owner', 'team', 'Team'];

function owned({ world }: Aws) {
  const found = [...world.expected()].find(
    ({ type, tags, environment, awsOwned }) =>
      type === 'ebs' && !awsOwned && environment === 'dev' && owners.some((key) => tags[key] !== undefined),
  );
  if (!found) throw new Error('the estate has no owned disk');
  return { arn: found.arn, keys: Object.keys(found.tags).filter((key) => owners.includes(key)) };
}

/** CloudTrail tells whole seconds: the next one lies after the scan, also as it tells it. */
async function inTheNextSecond({ world }: Aws): Promise<void> {
  const next = Math.ceil(Date.now() / 1000) * 1000;
  await until(() => Date.now() >= next);
  world.advance(Date.now() - world.now());
}

test('whoever removed the owner is named in changes and timeline, and tag_orphan proposes them', async () => {
  await using aws = await simulatedAws(400);
  await using home = await directory();
  await configure(home.path, aws);
  const at = { cwd: home.path, env: aws.env };
  aws.world.trail.options = { delayMs: [0, 0] };
  await elava(['scan', '--no-judge', '--type', 'ebs'], at);

  await inTheNextSecond(aws);
  const { arn, keys } = owned(aws);
  const [made] = aws.world.mutate({ do: 'untag', arn, keys, by: 'sso_console' });
  await elava(['scan', '--fail-on', 'never', '--type', 'ebs'], at);

  const changes = ndjson<Change>((await elava(['changes', '--output', 'ndjson'], at)).stdout);
  expect(changes).toHaveLength(1);
  expect(changes[0]?.attribution).toMatchObject({
    actor: made?.actor,
    actor_kind: 'human',
    event: 'DeleteTags',
    event_id: made?.event_id,
    tool: 'console',
    method: 'cloudtrail',
  });
  expect(changes[0]?.attribution?.confidence).toBeGreaterThan(0.9);
  const timeline = await elava(['timeline', arn], at);
  expect(timeline.stdout).toContain(made?.actor);

  const findings = await elava(['findings', '--policy', 'elava.tagging', '--output', 'ndjson', '--text', arn], at);
  const actions = ndjson<{ result: { actions: object[] } }>(findings.stdout).flatMap(({ result }) => result.actions);
  expect(actions).toContainEqual(
    expect.objectContaining({ type: 'tag', tags: { owner: made?.actor, elava_managed: 'true' } }),
  );
});

test('without CloudTrail a scan ends well and its guesses say that they are guesses', async () => {
  await using aws = await simulatedAws(200);
  await using home = await directory();
  await configure(home.path, aws);
  const at = { cwd: home.path, env: aws.env };
  aws.simulator.faults.add([{ kind: 'deny', action: 'cloudtrail:LookupEvents' }]);
  await elava(['scan', '--no-judge', '--type', 'ebs'], at);
  aws.world.drift(5, { modifyOnly: true, type: 'ebs' });
  const scan = await elava(['scan', '--no-judge', '--type', 'ebs'], at);
  expect(scan.code).toBe(0);
  const changes = ndjson<Change>((await elava(['changes', '--output', 'ndjson'], at)).stdout);
  expect(changes).toHaveLength(5);
  for (const { attribution } of changes) {
    expect(attribution).toMatchObject({ method: 'heuristic', state: 'pending' });
    expect(attribution?.explanation).toContain('heuristic');
    expect(attribution?.confidence).toBeLessThan(0.5);
  }
});

test('with attribution turned off nobody is named, and turned on again the change is answered', async () => {
  await using aws = await simulatedAws(60);
  await using home = await directory();
  await configure(home.path, aws);
  const at = { cwd: home.path, env: aws.env };
  const off = { ...at, env: { ...aws.env, ELAVA_ANALYZER_DRIFT_ATTRIBUTION: 'false' } };
  aws.world.trail.options = { delayMs: [0, 0] };
  await elava(['scan', '--no-judge', '--type', 'ebs'], off);
  await inTheNextSecond(aws);
  aws.world.drift(3, { modifyOnly: true, type: 'ebs' });
  await elava(['scan', '--no-judge', '--type', 'ebs'], off);
  const who = async () => {
    const { stdout } = await elava(['changes', '--output', 'ndjson'], at);
    return ndjson<Change>(stdout).map(({ attribution }) => attribution?.method);
  };
  expect(await who()).toEqual([undefined, undefined, undefined]);
  await elava(['scan', '--no-judge', '--type', 'ebs'], at);
  expect(await who()).toEqual(['cloudtrail', 'cloudtrail', 'cloudtrail']);
});
