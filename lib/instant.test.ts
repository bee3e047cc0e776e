import { describe, expect, test } from '@jest/globals';
import { parseInstant } from './instant.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('parseInstant', () => {
  test.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T12:00Z', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20T12:00:00.5+01:00', '2026-11-20T11:00:00.500Z'],
    ['24h', '2026-11-21T12:00:00.000Z'],
    ['0s', '2026-11-22T12:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text, now)).toBe(expected);
  });

  test.each(['', 'yesterday', '2026-11-20T12:00', '2026-13-45', '12', '2026-11-20T25:00Z'])('refuses %j', (text) => {
    expect(() => parseInstant(text, now)).toThrow(expect.objectContaining({ type: 'INVALID_REQUEST' }));
  });
});
