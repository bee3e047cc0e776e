import { expect, test } from '@jest/globals';
import { developer } from './principal.ts';
import { Tickets, ticketMs } from './tickets.ts';

test('a ticket is good once', () => {
  const tickets = new Tickets();
  const ticket = tickets.issue(developer, 0);
  expect([tickets.redeem(ticket, 1), tickets.redeem(ticket, 1), tickets.redeem('made-up', 1)]).toEqual([
    developer,
    undefined,
    undefined,
  ]);
});

test('a ticket is good for half a minute', () => {
  const tickets = new Tickets();
  const [early, late] = [tickets.issue(developer, 0), tickets.issue(developer, 0)];
  expect([tickets.redeem(early, ticketMs - 1), tickets.redeem(late, ticketMs)]).toEqual([developer, undefined]);
});

test('so many wait at once, and room comes when they expire', () => {
  const tickets = new Tickets();
  for (let i = 0; i < 10_000; i++) tickets.issue(developer, 0);
  expect(() => tickets.issue(developer, ticketMs - 1)).toThrow(expect.objectContaining({ type: 'QUEUE_FULL' }));
  expect(tickets.issue(developer, ticketMs)).not.toBe('');
});
