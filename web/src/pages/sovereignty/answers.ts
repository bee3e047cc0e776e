/** What services/gateway/routes/sovereignty.ts answers. */
import type { Static } from 'typebox';
import type { sovereigntyContract } from '../../../../services/sovereignty/sovereignty.contract.ts';

type Actions = (typeof sovereigntyContract)['actions'];
export interface SovereigntyAnswer {
  readonly status: Static<Actions['status']['result']>;
  readonly policies: Static<Actions['policies']['result']>['policies'];
  readonly violations: Static<Actions['violations']['result']>['violations'];
  /** "" before the first look. */
  readonly scanned: string;
}
export type PolicyRow = SovereigntyAnswer['policies'][number];
