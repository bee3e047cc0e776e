/** `elava serve`: the loop with HTTP, stopped and started again. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Evaluation } from '../../services/history/history.contract.ts';
import { configure, simulatedAws } from '../support/aws.ts';
import { directory, elava, finished, ndjson, said, start } from '../support/cli.ts';
import { until } from '../support/until.ts';

const served = /serves (http:\S+) /;

const rule = (word: string): string => `package elava.trial

deny contains msg if {
	input.resource.type == "s3"
	msg := "${word}"
}
`;
const trial = {
  gateway: { port: 0 },
  providers: { aws: { types: ['s3', 'security_group'] } },
  environments: {
    default: { policies: ['trial'] },
    prod: { policies: ['trial'] },
    staging: { policies: ['trial'] },
    dev: { policies: ['trial'] },
  },
};

describe('elava serve', () => {
  test('scans, judges, serves, reloads policies, stops cleanly and resumes where it was', async () => {
    await using aws = await simulatedAws(80);
    await using home = await directory();
    await mkdir(join(home.path, 'policies'));
    await writeFile(join(home.path, 'policies', 'trial.rego'), rule('first'));
    const { providers, ...rest } = trial;
    await configure(home.path, aws, rest);
    const at = { cwd: home.path, env: { ...aws.env, ELAVA_PROVIDERS_AWS_TYPES: providers.aws.types.join(',') } };

    const first = start(['serve'], at);
    const ended = finished(first);
    const url = await said(first, served);
    const get = async (path: string) => (await (await fetch(new URL(path, url))).json()) as Record<string, any>;
    const buckets = [...aws.world.expected({ type: 's3' })].length;
    await until(
      () => get('/api/counts?type=s3'),
      (answer) => answer.types?.s3 === buckets,
    );
    const reasons = async () =>
      ((await get('/api/evaluations?decision=deny&limit=1000')).evaluations as Evaluation[]).map(
        (e) => e.result.reason,
      );
    await until(reasons, (all) => all.length === buckets && all.every((r) => r === 'first'));

    await writeFile(join(home.path, 'policies', 'trial.rego'), rule('second'));
    await until(reasons, (all) => all.length === buckets && all.every((r) => r === 'second'));
    await writeFile(join(home.path, 'policies', 'trial.rego'), 'package elava.trial\n\ndeny contains msg if {');
    expect(await reasons()).toContain('second');
    expect(await (await fetch(new URL('/metrics', url))).text()).toContain('elava_');

    const inUse = await elava(['resources'], at);
    expect(inUse).toMatchObject({ code: 1, stderr: expect.stringContaining('STORE_IN_USE') });
    const over = await elava(['resources', '--type', 's3', '--server', url, '--output', 'ndjson'], { cwd: home.path });
    expect(ndjson(over.stdout)).toHaveLength(buckets);
    const denied = ['findings', '--decision', 'deny', '--policy', 'elava.trial', '--server', url, '--output', 'ndjson'];
    const found = ndjson<Evaluation>((await elava(denied, { cwd: home.path })).stdout);
    expect(found).toHaveLength(buckets);
    const [named = ''] = found[0]?.result.policies ?? [];
    const ofRule = async (name: string) =>
      ndjson((await elava([...denied, '--rule', name], { cwd: '/' })).stdout).length;
    expect(await Promise.all([named, `${named}_not`].map(ofRule))).toEqual([buckets, 0]);
    // Its tiers are those of the server, whatever is configured where the question is asked.
    const tiers = await elava(['tiers', '--server', url, '--output', 'ndjson'], { cwd: '/' });
    expect(tiers.code).toBe(0);
    const table = ndjson<{ tier: string; matches: object; units: number; resources: number }>(tiers.stdout);
    const known = ({ tier, matches, units }: (typeof table)[number]) => ({ tier, matches, units });
    expect(table.map(known)).toEqual((await get('/api/tiers')).tiers.map(known));
    expect(table.reduce((sum, { resources }) => sum + resources, 0)).toBeGreaterThanOrEqual(buckets);

    first.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });

    aws.simulator.ledger.clear();
    const second = start(['serve'], at);
    const endedAgain = finished(second);
    const again = await said(second, served);
    await until(
      async () => (await (await fetch(new URL('/health', again))).json()) as { status: string },
      (answer) => answer.status === 'ok',
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const listed = aws.simulator.ledger.report().counts.filter(({ action }) => action === 's3:ListBuckets');
    expect(listed).toEqual([]);
    second.kill('SIGTERM');
    expect((await endedAgain).code).toBe(0);
  });
});
