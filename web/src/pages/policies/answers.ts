/** What the routes of the policies answer; services/policy/policy.contract.ts declares it. */
import type { Static } from 'typebox';
import type { policyContract } from '../../../../services/policy/policy.contract.ts';

type Actions = (typeof policyContract)['actions'];
export type Rules = Static<Actions['bundle']['result']>;
export type SourcesAnswer = Static<Actions['sources']['result']>;
export type TestsAnswer = Static<Actions['tests']['result']>;
export type InputAnswer = Static<Actions['input']['result']>;
export type Judged = Static<Actions['evaluate']['result']>['judgements'][number];
