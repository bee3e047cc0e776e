/** What both sides of `bus.call` ask: the same answer, once behind a contract and once bare. */
import type { ServiceSchema } from 'moleculer';
import Type from 'typebox';
import { defineContract, defineService } from '../../lib/contract.ts';

const Message = Type.Object({ text: Type.String(), n: Type.Integer() });

export const echoContract = defineContract({
  name: 'echo',
  text: 'Says what it is told.',
  actions: { say: { text: 'Gives its parameters back.', params: Message, result: Message } },
  events: {},
});

export const echoService: ServiceSchema = defineService(echoContract, () => ({
  actions: { say: async (params) => params },
  events: {},
}));

export const bareService: ServiceSchema = { name: 'bare', actions: { say: (ctx) => ctx.params } };
