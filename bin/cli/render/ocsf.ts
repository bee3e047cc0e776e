/**
 * A finding as an OCSF event of the class Compliance Finding (2003), for lakes and SIEMs.
 * https://schema.ocsf.io/1.3.0/classes/compliance_finding
 */
import { version } from '../../../lib/version.ts';
import type { Evaluation } from '../../../services/history/history.contract.ts';

const CLASS = 2003;
const ACTIVITY_UPDATE = 2;
/** OCSF's numbers: 1 informational, 2 low, 3 medium, 4 high. */
const severities: Readonly<Record<string, readonly [id: number, name: string]>> = {
  deny: [4, 'High'],
  require_approval: [3, 'Medium'],
  flag: [2, 'Low'],
  allow: [1, 'Informational'],
};
const statuses: Readonly<Record<string, readonly [id: number, name: string]>> = {
  deny: [3, 'Fail'],
  require_approval: [2, 'Warning'],
  flag: [2, 'Warning'],
  allow: [1, 'Pass'],
};

export function ocsfOf(finding: Evaluation): object {
  const { result, policy_name, resource_id, account, region, type, name, evaluated_at, environment, bundle } = finding;
  const [severity_id, severity] = severities[result.decision] ?? [0, 'Unknown'];
  const [status_id, status] = statuses[result.decision] ?? [0, 'Unknown'];
  const time = Date.parse(evaluated_at);
  return {
    activity_id: ACTIVITY_UPDATE,
    activity_name: 'Update',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: CLASS,
    class_name: 'Compliance Finding',
    type_uid: CLASS * 100 + ACTIVITY_UPDATE,
    type_name: 'Compliance Finding: Update',
    severity_id,
    severity,
    status_id: 1,
    status: 'New',
    time,
    message: result.reason,
    metadata: {
      version: '1.3.0',
      profiles: ['cloud'],
      product: { name: 'Elava', vendor_name: 'Elava', version },
      uid: finding.id,
    },
    finding_info: {
      uid: `${policy_name}/${resource_id}`,
      title: result.policies[0] ?? policy_name,
      desc: result.reason,
      types: [result.decision],
      last_seen_time: time,
    },
    compliance: { standards: [policy_name], control: result.policies[0] ?? policy_name, status_id, status },
    cloud: { provider: 'AWS', account: { uid: account, type: 'AWS Account', type_id: 10 }, region },
    resources: [{ uid: resource_id, name, type, region, cloud_partition: resource_id.split(':')[1] ?? 'aws' }],
    unmapped: { environment, bundle, rules: result.policies, confidence: result.confidence, error: finding.error },
  };
}
