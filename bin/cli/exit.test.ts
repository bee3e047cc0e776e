import { describe, expect, test } from '@jest/globals';
import type { Coverage, ObservationState } from '../../lib/resource.ts';
import type { Evaluation } from '../../services/history/history.contract.ts';
import { exitCode } from './commands/scan.ts';

const unit = (state: ObservationState) => ({ state }) as Coverage;
const finding = (decision: string) => ({ result: { decision } }) as Evaluation;
const outcome = (units: Coverage[], findings: Evaluation[], total = units.length) =>
  ({ report: { units, total }, findings }) as unknown as Parameters<typeof exitCode>[0];

describe('the exit code of a scan', () => {
  test.each<[string, Parameters<typeof exitCode>[0], Parameters<typeof exitCode>[1], number]>([
    ['0 when nothing was found', outcome([unit('complete')], []), 'flag', 0],
    ['3 when there are findings', outcome([unit('complete')], [finding('flag')]), 'flag', 3],
    ['4 before 3', outcome([unit('complete'), unit('failed')], [finding('deny')]), 'flag', 4],
    ['4 for a partial unit', outcome([unit('partial')], []), 'flag', 4],
    ['0 for what holds nothing to read', outcome([unit('complete'), unit('skipped')], []), 'flag', 0],
    ['4 when units were dropped', outcome([unit('complete')], [], 2), 'flag', 4],
    ['0 for findings weaker than --fail-on', outcome([unit('complete')], [finding('flag')]), 'deny', 0],
    ['3 for a finding as strong as --fail-on', outcome([unit('complete')], [finding('deny')]), 'require_approval', 3],
    ['0 with --fail-on never', outcome([unit('complete')], [finding('deny')]), 'never', 0],
  ])('is %s', (_, given, failOn, expected) => {
    expect(exitCode(given, failOn)).toBe(expected);
  });
});
