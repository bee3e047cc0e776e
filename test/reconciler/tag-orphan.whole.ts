/** Auto-remediation from attribution, whole, on the command line: who did it is found, proposed, done, seen, and put back. */
import { expect, test } from '@jest/globals';
import type { ActionView, Applied, PlanView } from '../../services/reconciler/reconciler.contract.ts';
import { type Aws, configure, simulatedAws } from '../support/aws.ts';
import { directory, elava, ndjson } from '../support/cli.ts';

const owners = ['elava_owner', 'owner', 'Owner', 'team', 'Team'];

function owned({ world }: Aws) {
  const found = [...world.expected()].find(
    ({ type, tags, environment, awsOwned }) =>
      type === 'ebs' && !awsOwned && environment === 'dev' && owners.some((key) => tags[key] !== undefined),
  );
  if (!found) throw new Error('the estate has no owned disk');
  return { arn: found.arn, keys: Object.keys(found.tags).filter((key) => owners.includes(key)) };
}

test('tag_orphan: notify tells and does nothing; enforce tags, verifies, and undo takes the tags off', async () => {
  await using aws = await simulatedAws(300);
  await using home = await directory();
  const enforce = { policies: { enforcement_mode: 'enforce' }, reconciler: { canary: { full: ['tagging'] } } };
  await configure(home.path, aws);
  const at = { cwd: home.path, env: aws.env };
  aws.world.trail.options = { delayMs: [0, 0] };
  await elava(['scan', '--no-judge', '--type', 'ebs'], at);
  aws.world.advance(Date.now() - aws.world.now());
  const { arn, keys } = owned(aws);
  const [made] = aws.world.mutate({ do: 'untag', arn, keys, by: 'sso_console' });
  await elava(['scan', '--fail-on', 'never', '--type', 'ebs'], at);
  const changes = () => aws.simulator.ledger.report().mutations.filter(({ action }) => !action.startsWith('sts:'));
  const tags = () => [...aws.world.expected()].find((one) => one.arn === arn)?.tags;

  const told = await elava(['plan', '--policy', 'tagging', '--text', arn, '--output', 'json'], at);
  const [notified] = (JSON.parse(told.stdout) as PlanView).items;
  expect(notified).toMatchObject({ action: 'tag', mode: 'notify', changed_by: made?.actor, needs: 0 });
  const refused = await elava(['apply', notified?.plan ?? '', '--output', 'json'], at);
  expect([refused.code, (JSON.parse(refused.stdout) as Applied).items[0]?.why]).toEqual([
    5,
    'the mode is notify: nothing is done',
  ]);
  expect(changes()).toEqual([]);

  await configure(home.path, aws, enforce);
  const dry = await elava(['apply', notified?.plan ?? '', '--dry-run'], at);
  expect([dry.code, changes()]).toEqual([0, []]);
  const applied = await elava(['apply', notified?.plan ?? ''], at);
  expect(applied).toMatchObject({ code: 0, stderr: expect.stringContaining('Done: 1.') });
  expect(tags()).toMatchObject({ owner: made?.actor, elava_managed: 'true' });
  expect(changes().map(({ action }) => action)).toEqual(['ec2:CreateTags']);
  const [action] = ndjson<ActionView>((await elava(['actions', '--output', 'ndjson'], at)).stdout);
  expect(action).toMatchObject({ outcome: 'done', resource_id: arn, step: 'tag' });

  const undone = await elava(['undo', action?.id ?? ''], at);
  expect(undone).toMatchObject({ code: 0, stderr: expect.stringContaining('Done: 1.') });
  expect(Object.keys(tags() ?? {})).not.toContain('owner');
  const again = await elava(['undo', action?.id ?? ''], at);
  expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('it has none of these tags') });
});
