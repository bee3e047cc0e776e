import { defineAction } from '../action.ts';

const textOf = (message: unknown): string | undefined => (typeof message === 'string' ? message : undefined);

/** Tells the owner, and changes nothing. What was told cannot be looked up in the cloud, so that it counts as told. */
export const notify = defineAction({
  type: 'notify',
  title: 'Tell the owner',
  cost: 'reversible',
  resources: [],
  proposable: true,
  params: ({ message }) => (typeof message === 'string' ? { message: message.slice(0, 1000) } : {}),
  check: () => undefined,
  would: () => 'tell its owner',
  steps: [
    {
      name: 'tell',
      role: 'tag',
      iam: [],
      blind: true,
      call: ({ tell, params, resource }) => tell(textOf(params['message']) ?? `A policy objects to ${resource.id}.`),
      happened: async () => true,
    },
  ],
});
