/** What AWS makes by itself is recognised on the labelled estate, and is no finding of any shipped policy. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import type { Resource } from '../../lib/resource.ts';
import { createWorld } from '../../loadtest/aws/world/world.ts';
import { wasteOf } from '../../services/analyzer/waste.ts';
import type { JudgingRow } from '../../services/history/history.contract.ts';
import { buildBundle } from '../../services/policy/bundle.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { buildInput } from '../../services/policy/input.ts';
import { PolicyPool } from '../../services/policy/pool.ts';
import { judgeSettings } from '../../services/policy/settings.ts';
import { readSources } from '../../services/policy/sources.ts';
import { ScanRig } from '../support/scan-rig.ts';
import { folder, packages } from './shipped.ts';

const DAY_MS = 86_400_000;
const settings = judgeSettings(loadConfig({ env: {}, cwd: folder }).config);
const world = createWorld({ accounts: 1, regions: ['eu-west-1'], types: 'all', resources: 500 });
const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 60_000, maxQueue: 4 });
let found: readonly Resource[];

beforeAll(async () => {
  const rig = await ScanRig.start(world);
  await rig.begin();
  await rig.scanAll();
  found = await rig.memory.live();
  await rig.close();
});
afterAll(() => Promise.all([compiler.close(), pool.close()]));

const isOwned = (resource: Resource): boolean => (resource as { provider_owned?: boolean }).provider_owned === true;

test('is recognised, and nothing else but what a service keeps for itself', () => {
  const labelled = [...world.expected()].filter(({ awsOwned }) => awsOwned).map(({ arn }) => arn);
  const recognised = found.filter(isOwned);
  expect(recognised.map(({ id }) => id)).toEqual(expect.arrayContaining(labelled));
  expect(new Set(recognised.map(({ type }) => type))).toEqual(
    new Set(['eni', 'iam_role', 'kms', 'security_group', 'subnet', 'vpc']),
  );
  const surplus = recognised.filter(({ id }) => !labelled.includes(id));
  expect(surplus.filter((resource) => !('requester_managed' in resource && resource.requester_managed))).toEqual([]);
});

/** A year later, so that no rule keeps silent because something is new, and with a person who could be its owner. */
const later = world.now() + 365 * DAY_MS;
function rowOf(resource: Resource, byId: ReadonlyMap<string, Resource>): JudgingRow {
  const seen = new Date(world.now()).toISOString();
  const groups = (resource as { security_group_ids?: string[] }).security_group_ids ?? [];
  return {
    resource,
    revision: '1',
    history: [],
    facts: { first_seen: seen, last_seen: seen, state_since: seen, changes: 0, window_days: 30, coverage: 'complete' },
    related: Object.fromEntries(groups.flatMap((id) => (byId.has(id) ? [[id, byId.get(id) as Resource]] : []))),
    last: {},
    attribution: {
      actor: 'ada@acme.example',
      actor_kind: 'human',
      actor_chain: [],
      event: 'Create',
      event_id: '',
      event_at: '',
      method: 'cloudtrail',
      tool: '',
      confidence: 1,
      explanation: '',
      state: 'final',
    },
  };
}

test('is no finding of any shipped policy', async () => {
  const built = await buildBundle(compiler, await readSources(folder));
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  const byId = new Map(found.map((resource) => [resource.id, resource]));
  const at = new Date(later).toISOString();
  const lines = found
    .map((resource) => `${JSON.stringify(buildInput(rowOf(resource, byId), settings, at))}\n`)
    .join('');
  const judged = await pool.evaluate(
    { bundle: built.bundle, settings, lines },
    packages.map((name) => `elava.${name}`),
  );
  const spoken = judged.map((judgement, i) => ({
    resource: found[i] as Resource,
    rules: judgement.packages.flatMap(({ error, result }) => (error === '' ? result.policies : [error])),
  }));
  const owned = spoken.filter(({ resource }) => isOwned(resource));
  expect(owned.filter(({ rules }) => rules.length > 0).map(({ resource, rules }) => [resource.id, rules])).toEqual([]);
  expect(owned.length).toBeGreaterThan(10);
  // The rules were awake: most of the rest has something said of it.
  expect(spoken.filter(({ rules }) => rules.length > 0).length).toBeGreaterThan(found.length / 3);
});

test('is no waste', () => {
  const waste = found.filter(isOwned).flatMap((resource) =>
    wasteOf(
      {
        ...resource,
        first_seen: resource.created_at,
        last_seen: '',
        state_since: resource.created_at,
        revision: '1',
      },
      {
        now: later,
        idleMs: DAY_MS,
        ownerTags: ['owner'],
        referred: new Set(),
        live: new Set(),
        complete: new Set(),
        idleCpu: 2,
        oversizedCpu: 15,
        usage: new Map(),
      },
    ),
  );
  expect(waste).toEqual([]);
});
