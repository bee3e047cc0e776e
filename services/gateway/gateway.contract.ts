/** The HTTP face: REST, health, metrics. */
import Type from 'typebox';
import { defineContract } from '../../lib/contract.ts';

export const gatewayContract = defineContract({
  name: 'gateway',
  text: 'Serves HTTP: health, metrics, resources.',
  actions: {
    address: {
      text: 'Where the server listens.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ url: Type.String() }),
    },
  },
  events: {},
});
