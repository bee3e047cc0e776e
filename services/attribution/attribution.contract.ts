/** Says who changed what: reads the provider's audit log, finds the call behind each change, and who made it. */
import Type from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Attribution, Instant, ResourceFilter } from '../../lib/resource.ts';

export const attributionContract = defineContract({
  name: 'attribution',
  text: 'Reads the audit log and says who is behind each change.',
  actions: {
    run: {
      text: 'Reads what is new in the audit log and answers open changes. Runs of one process wait for each other.',
      timeoutMs: 600_000,
      params: Type.Object({
        filter: Type.Optional(ResourceFilter),
        deadline: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'Milliseconds for reading the log; what is left is read the next time.',
          }),
        ),
      }),
      result: Type.Object({
        events: Type.Integer({ description: 'Audit events that were read.' }),
        attributed: Type.Integer({ description: 'Changes answered by an event.' }),
        guessed: Type.Integer({ description: 'Changes for which no event was found.' }),
        pending: Type.Integer({ description: 'Of both, those that a late event may still change.' }),
        behind: Type.Array(
          Type.Object({ account: Type.String(), region: Type.String(), error: Type.String(), detail: Type.String() }),
          { description: 'Places whose log could not be read up to now, and why.' },
        ),
      }),
    },
    loop: {
      text: 'Runs again and again from now on, at the interval of the configuration, until the process stops.',
      params: Type.Object({ on: Type.Boolean() }),
      result: Type.Object({}),
    },
    deliver: {
      text: 'Takes audit events that are pushed, such as by EventBridge: records as CloudTrail writes them, JSON.',
      timeoutMs: 60_000,
      params: Type.Object({ records: Type.Array(Type.String(), { maxItems: 5000 }) }),
      result: Type.Object({ stored: Type.Integer(), refused: Type.Integer({ description: 'No CloudTrail records.' }) }),
    },
  },
  events: {
    attributed: {
      text: 'It is known, or known better, who made a change. Volatile: who must not miss it reads history.',
      payload: Type.Object({
        id: Type.String(),
        account: Type.String(),
        region: Type.String(),
        type: Type.String(),
        revision: Type.String(),
        at: Instant,
        attribution: Attribution,
      }),
    },
  },
});
