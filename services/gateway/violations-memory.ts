/**
 * Violations as the memory has them: the operator's leader alone has looked at its cluster, and a call may reach another
 * replica, which has found nothing because it does not look.
 */
import type { Client } from '../../lib/contract.ts';
import type { Resource } from '../../lib/resource.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { Violation } from '../sovereignty/sovereignty.contract.ts';

/** The type that services/sovereignty/history-rows.ts writes: one resource an object, with all of its faults. */
const TYPE = 'k8s_violation';
const MOST = 1000;

export interface Remembered {
  readonly violations: Violation[];
  /** When the leader looked last at something new, "" when it never did. */
  readonly scanned: string;
}

/** Of one cluster; errors: STORE_*. */
export async function rememberedViolations(
  history: Pick<Client<typeof historyContract>, 'resources' | 'coverage'>,
  cluster: string,
): Promise<Remembered> {
  const filter = { types: [TYPE], accounts: [cluster] };
  const [{ resources }, { units }] = await Promise.all([
    history.resources({ filter, limit: MOST }),
    history.coverage({ filter }),
  ]);
  return { violations: resources.flatMap(violationsOf), scanned: units[0]?.finished ?? '' };
}

interface Written {
  readonly kind: string;
  readonly node: string;
  readonly aws_region: string;
  readonly aws_account: string;
  readonly faults: readonly Pick<Violation, 'policy' | 'action' | 'fault' | 'message'>[];
}

function violationsOf(resource: Resource): Violation[] {
  const { kind, node, aws_region: region, aws_account: account, faults } = resource.metadata as unknown as Written;
  const [namespace, name] = split(resource.name);
  return faults.map((fault) => ({ ...fault, kind, namespace, name, node, region, account }));
}

/** At the first stroke: what is in no namespace begins with one. */
function split(name: string): [string, string] {
  const at = name.indexOf('/');
  return [name.slice(0, at), name.slice(at + 1)];
}
