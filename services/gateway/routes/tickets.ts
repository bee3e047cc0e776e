import Type from 'typebox';
import { ticketMs } from '../auth/tickets.ts';
import type { Route } from '../route.ts';

const Ticket = Type.Object({
  ticket: Type.String({ description: 'Works once, as `?ticket=` of a WebSocket or an event stream.' }),
  expires_in: Type.Integer({ description: 'Seconds.' }),
});

/** A browser cannot send a header with a WebSocket: it asks for a ticket with its token and opens the stream with that. */
export const ticketsRoute: Route = (server, { auth, clock }) => {
  server.post(
    '/api/tickets',
    {
      schema: { summary: 'A ticket that opens one stream.', response: { 200: Ticket } },
      config: { access: { role: 'viewer', scope: 'own' } },
    },
    ({ principal }) => ({ ticket: auth.tickets.issue(principal, clock.now()), expires_in: ticketMs / 1000 }),
  );
};
