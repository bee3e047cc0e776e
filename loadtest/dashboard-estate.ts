/**
 * The memory that `web.first` looks at: the estate of the memory's benches, its thirty days ending in this hour, with three
 * evaluations a resource and somebody behind nine changes of ten. It stays under the temporary directory for the runs of
 * half a day: a million resources take minutes to make.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fillEstate } from './history-estate.ts';
import { openBench, settle } from './history-setup.ts';

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
    for (const [n, policy] of policies.entries()) await bench.bare.run(judgedSql, { n, policy });
    await bench.bare.run(attributedSql, {}, { settings: { max_execution_time: 600 } });
    for (const table of ['evaluations', 'attributions']) await bench.bare.run(`OPTIMIZE TABLE ${table} FINAL`);
    await settle(bench);
  } finally {
    await bench.close();
  }
  await writeFile(made, '');
  return data;
}

/** One of twenty is denied, three are flagged, by one of seventeen rules. */
const judgedSql = `INSERT INTO evaluations (account, region, type, resource_id, policy_name, rev, id, hash, decision, effect, error,
    evaluated_at, revision, bundle, name, environment, cleared, result)
  SELECT account, region, type, id, {policy:String}, 1, concat(toString({n:Int64}), '-', toString(rid)), '',
    multiIf(turn = 0, 'deny', turn < 4, 'flag', 'allow') AS decision, if(decision = 'deny', 'deny', 'allow'), '', at, rev, 'b', name, 'prod', false,
    if(decision = 'allow', '{"decision":"allow","reason":"","policies":[],"actions":[],"metadata":{},"confidence":1}',
      concat('{"decision":"', decision, '","reason":"it is what the rule is about","policies":["', {policy:String}, '.flag_', toString(rid % 17),
        '"],"actions":[],"metadata":{},"confidence":1}'))
  FROM (SELECT *, (rid + {n:Int64}) % 20 AS turn FROM resource_current FINAL WHERE live)`;

const attributedSql = `INSERT INTO attributions (account, region, type, id, change_rev, rev, at, state, method, actor, actor_kind, event,
    confidence, attributed_at, body)
  SELECT account, region, type, id, rev, rev, at, 'final', 'cloudtrail',
    concat(['alice', 'autoscaling', 'terraform'][1 + rid % 3], '-', toString(rid % 50)) AS actor, ['human', 'service', 'automation'][1 + rid % 3] AS actor_kind,
    'ModifyInstanceAttribute', 0.9, at, concat('{"actor":"', actor, '","actor_kind":"', actor_kind,
      '","actor_chain":[],"event":"ModifyInstanceAttribute","method":"cloudtrail","confidence":0.9,"explanation":"it names the resource","state":"final"}')
  FROM resource_log WHERE NOT baseline AND cityHash64(rid, rev) % 10 > 0`;
