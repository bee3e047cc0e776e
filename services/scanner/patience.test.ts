import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Patience } from './patience.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what goes on is let go on, and what hangs is given up', () => {
  const patience = new Patience(1000);
  for (let i = 0; i < 100; i++) {
    jest.advanceTimersByTime(900);
    patience.heard();
  }
  expect(patience.signal.aborted).toBe(false);
  jest.advanceTimersByTime(1000);
  expect(patience.signal.aborted).toBe(true);
});

test('nothing is given up that has ended', () => {
  const patience = new Patience(1000);
  patience.close();
  jest.advanceTimersByTime(5000);
  expect(patience.signal.aborted).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
});
