/**
 * Findings as a SARIF 2.1.0 log, for code scanning pages and editors. A resource is a logical location; as its physical
 * one stands its id, because some readers refuse results without any.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { version } from '../../../lib/version.ts';
import type { Evaluation } from '../../../services/history/history.contract.ts';

const levels: Readonly<Record<string, string>> = {
  deny: 'error',
  require_approval: 'error',
  flag: 'warning',
  allow: 'none',
};

const ruleOf = ({ result, policy_name }: Evaluation): string => result.policies[0] ?? policy_name;

export function sarifResult(finding: Evaluation): object {
  const { result, resource_id, account, region, type, name, policy_name, environment, evaluated_at } = finding;
  return {
    ruleId: ruleOf(finding),
    kind: result.decision === 'allow' ? 'pass' : 'fail',
    level: levels[result.decision] ?? 'note',
    message: { text: result.reason === '' ? `${policy_name} says ${result.decision}` : result.reason },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(resource_id) } },
        logicalLocations: [
          { name: name === '' ? resource_id : name, fullyQualifiedName: resource_id, kind: 'resource' },
        ],
      },
    ],
    partialFingerprints: { 'elava/v1': `${policy_name}/${resource_id}` },
    properties: { decision: result.decision, account, region, type, environment, evaluated_at, rules: result.policies },
  };
}

/** What stands before the results, and after them once their rules are known: a million results need no memory. */
export const sarifHead = `{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"results":[`;

export function sarifFoot(rules: ReadonlySet<string>): string {
  const driver = { name: 'Elava', version, rules: [...rules].toSorted().map((id) => ({ id, name: id })) };
  return `\n],"tool":${JSON.stringify({ driver })}}]}\n`;
}

export { ruleOf as sarifRule };
