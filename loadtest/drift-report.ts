/**
 * Measures drift against the simulator's labelled changes: `node loadtest/drift-report.ts [resources] [hours] [changes]` prints
 * precision and recall by what was done, and how many findings were of what nobody did.
 */
import { clientOf } from '../lib/contract.ts';
import { analyzerContract, type DriftFinding } from '../services/analyzer/analyzer.contract.ts';
import { livingEstate } from './attribution-estate.ts';
import type { Label } from './aws/world/trail/trail.ts';

interface DriftScore {
  readonly what: string;
  /** Changes that were made, of one resource in one hour one. */
  readonly true: number;
  /** Of them, how many a finding tells of. */
  readonly found: number;
  /** What the findings say that they matter, the least first. */
  readonly severities: readonly string[];
}
const HOUR_MS = 3_600_000;
const order = ['info', 'low', 'medium', 'high'] as const;

/** `unasked` are findings that no change of the world explains: of what AWS does by itself, or of nothing. */
export function driftScores(options: {
  readonly resources: number;
  readonly hours: number;
  readonly changes: number;
}): Promise<{ scores: DriftScore[]; findings: number; unasked: string[]; missed: string[] }> {
  return livingEstate({ ...options, accounts: 2, seed: 23, trail: {} }, async (broker, labels) => {
    const { findings } = await clientOf(analyzerContract, broker).drift({ since: '2026-11-02T06:00:00.000Z' });
    return compare(findings, labels);
  });
}

/** By the hour in which it was made, at whose end it was scanned. */
function keyOf(id: string, at: string): string {
  return `${id} ${Math.ceil(Date.parse(at) / HOUR_MS)}`;
}

function compare(findings: readonly DriftFinding[], labels: readonly Pick<Label, 'arn' | 'at' | 'what'>[]) {
  const told = new Map(findings.map(({ id, at, severity }) => [keyOf(id, at), severity]));
  // Of several changes of a resource in an hour the scan sees what they left.
  const made = new Map(labels.map((label) => [keyOf(label.arn, label.at), label.what]));
  const groups = Map.groupBy(made, ([, what]) => what);
  const scores = [...groups].map(([what, own]) => ({
    what,
    true: own.length,
    found: own.filter(([key]) => told.has(key)).length,
    severities: order.filter((severity) => own.some(([key]) => told.get(key) === severity)),
  }));
  return {
    scores: scores.sort((a, b) => b.true - a.true),
    findings: findings.length,
    unasked: findings.filter(({ id, at }) => !made.has(keyOf(id, at))).map(({ id, what }) => `${what}: ${id}`),
    missed: [...made].filter(([key]) => !told.has(key)).map(([key, what]) => `${what}: ${key}`),
  };
}

if (import.meta.main) {
  const [resources = 3000, hours = 6, changes = 150] = process.argv.slice(2).map(Number);
  const { scores, findings, unasked, missed } = await driftScores({ resources, hours, changes });
  console.log('| change | made | found | recall | severity |\n|---|---:|---:|---:|---|');
  for (const { what, true: made, found, severities } of scores)
    console.log(`| ${what} | ${made} | ${found} | ${((100 * found) / made).toFixed(1)} % | ${severities.join(', ')} |`);
  const precision = (100 * (findings - unasked.length)) / Math.max(1, findings);
  console.log(`\n${findings} findings, of which a change explains ${precision.toFixed(1)} %`);
  for (const line of [...unasked, ...missed].slice(0, 20)) console.log(line);
}
