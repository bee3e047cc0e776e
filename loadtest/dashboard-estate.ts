/**
 * The memory that `web.first` looks at: the estate of the memory's benches, its thirty days ending in this hour, with what
 * policies say of six resources of ten and somebody behind nine changes of ten. It stays under the temporary directory for the runs of
 * half a day: a million resources take minutes to make.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fillEstate } from './history-estate.ts';
import { type Bench, openBench, settle } from './history-setup.ts';

const HOUR_MS = 3_600_000;
const DAYS = 30;
/** Older ones end too long ago: "today" would be empty. */
const MOST_AGE_MS = 12 * HOUR_MS;
const policies = ['elava.ownership', 'elava.security', 'elava.waste'] as const;

/** The directory of the data; `scale` 1 is a million resources. Nobody has it open. */
export async function dashboardEstate(scale: number): Promise<string> {
  const dir = path.join(os.tmpdir(), `elava-bench-dashboard-${scale}`);
  const made = path.join(dir, 'made');
  const data = path.join(dir, 'data');
  const age = Date.now() - ((await stat(made).catch(() => undefined))?.mtimeMs ?? 0);
  if (age < MOST_AGE_MS) return data;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const bench = await openBench(data);
  try {
    const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await fillEstate(bench, Math.round(1_000_000 * scale), end - DAYS * 24 * HOUR_MS);
    await judged(bench);
    await bench.bare.run(attributedSql, {}, { settings: { max_execution_time: 600 } });
    for (const table of ['evaluations', 'attributions']) await bench.bare.run(`OPTIMIZE TABLE ${table} FINAL`);
    await settle(bench);
  } finally {
    await bench.close();
  }
  await writeFile(made, '');
  return data;
}

async function judged({ bare }: Bench): Promise<void> {
  for (const [n, policy] of policies.entries()) await bare.run(judgedSql, { n, policy });
}

/**
 * As in the demo's estate: only what speaks is kept, by about two policies of three resources; one result of thirty denies
 * and one of a hundred does not object any more.
 */
const judgedSql = `INSERT INTO evaluations (account, region, type, resource_id, policy_name, rev, id, hash, decision, effect, error,
    evaluated_at, revision, bundle, name, environment, cleared, result)
  SELECT account, region, type, id, {policy:String}, 1, concat(toString({n:UInt8}), '-', toString(rid)), '',
    multiIf(turn = 0, 'allow', turn < 4, 'deny', 'flag') AS decision, if(decision = 'deny', 'deny', 'allow'), '', at, rev, 'b', name, 'prod', false,
    if(decision = 'allow', '{"decision":"allow","reason":"","confidence":1,"policies":[],"metadata":{},"actions":[]}',
      concat('{"decision":"', decision, '","reason":"it is what the rule is about","confidence":1,"policies":["', {policy:String}, '.', decision, '_',
        toString(intDiv(rid, 7) % 17), '"],"metadata":{},"actions":[]}'))
  FROM (SELECT *, intDiv(rid, 5) % 100 AS turn FROM resource_current FINAL WHERE live AND rid % 5 = {n:UInt8})`;

const attributedSql = `INSERT INTO attributions (account, region, type, id, change_rev, rev, at, state, method, actor, actor_kind, event,
    confidence, attributed_at, body)
  SELECT account, region, type, id, rev, rev, at, 'final', 'cloudtrail',
    concat(['alice', 'autoscaling', 'terraform'][1 + rid % 3], '-', toString(rid % 50)) AS actor, ['human', 'service', 'automation'][1 + rid % 3] AS actor_kind,
    'ModifyInstanceAttribute', 0.9, at, concat('{"actor":"', actor, '","actor_kind":"', actor_kind,
      '","actor_chain":[],"event":"ModifyInstanceAttribute","method":"cloudtrail","confidence":0.9,"explanation":"it names the resource","state":"final"}')
  FROM resource_log WHERE NOT baseline AND cityHash64(rid, rev) % 10 > 0`;
