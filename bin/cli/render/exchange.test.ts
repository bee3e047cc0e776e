import { describe, expect, test } from '@jest/globals';
import type { Evaluation } from '../../../services/history/history.contract.ts';
import { ocsfOf } from './ocsf.ts';
import { sarifFoot, sarifHead, sarifResult, sarifRule } from './sarif.ts';

const finding: Evaluation = {
  id: 'e1',
  resource_id: 'arn:aws:ec2:us-east-1:111111111111:security-group/sg-1',
  policy_name: 'elava.security',
  result: {
    decision: 'deny',
    reason: 'It opens SSH',
    confidence: 1,
    policies: ['elava.security.deny_open_port'],
    metadata: {},
    actions: [],
  },
  effect: 'deny',
  error: '',
  evaluated_at: '2026-11-22T10:00:00.000Z',
  revision: '7',
  bundle: 'abc',
  account: '111111111111',
  region: 'us-east-1',
  type: 'security_group',
  name: 'web-sg',
  environment: 'prod',
};

describe('OCSF', () => {
  test('is a compliance finding with its numbers', () => {
    expect(ocsfOf(finding)).toMatchObject({
      class_uid: 2003,
      category_uid: 2,
      type_uid: 200_302,
      severity_id: 4,
      time: 1_795_341_600_000,
      metadata: { version: '1.3.0', product: { name: 'Elava' } },
      compliance: { control: 'elava.security.deny_open_port', status: 'Fail', status_id: 3 },
      cloud: { provider: 'AWS', account: { uid: '111111111111' }, region: 'us-east-1' },
      resources: [{ uid: finding.resource_id, type: 'security_group', cloud_partition: 'aws' }],
    });
  });

  test('keeps one uid for one rule on one resource, so that a lake knows it again', () => {
    const later = { ...finding, id: 'e2', evaluated_at: '2026-11-23T10:00:00.000Z' };
    const uid = (one: Evaluation) => (ocsfOf(one) as { finding_info: { uid: string } }).finding_info.uid;
    expect(uid(later)).toBe(uid(finding));
  });
});

describe('SARIF', () => {
  test('is one log, whose results name rules that it declares', () => {
    const flagged: Evaluation = {
      ...finding,
      result: { ...finding.result, decision: 'flag', policies: ['elava.waste.flag_idle'] },
    };
    const rules = new Set([finding, flagged].map(sarifRule));
    const text = `${sarifHead}${[finding, flagged].map((one) => JSON.stringify(sarifResult(one))).join(',')}${sarifFoot(rules)}`;
    const log = JSON.parse(text) as {
      version: string;
      runs: { results: { ruleId: string; level: string }[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run?.results.map(({ level }) => level)).toEqual(['error', 'warning']);
    const declared = run?.tool.driver.rules.map(({ id }) => id);
    for (const { ruleId } of run?.results ?? []) expect(declared).toContain(ruleId);
  });

  test('of nothing is a log too', () => {
    expect(JSON.parse(`${sarifHead}${sarifFoot(new Set())}`)).toMatchObject({ runs: [{ results: [] }] });
  });
});
