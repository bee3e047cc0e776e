import { expect, test } from '@jest/globals';
import { type GroupTask, QuickLane, type Rider } from './quick-lane.ts';

const rider = (tenant: string): Rider => ({ tenant, digest: 'd', memoryBytes: 1, deadlineMs: 50, lines: '' });

function lane(run: (task: GroupTask, signal: AbortSignal) => Promise<string>) {
  const groups: string[][] = [];
  const clock = { at: 0 };
  const made = new QuickLane({
    run: (task, signal) => {
      groups.push(task.riders.map(({ tenant }) => tenant));
      return run(task, signal);
    },
    width: 1,
    now: () => clock.at,
  });
  return { made, groups, clock };
}

test('what arrives together goes together; what comes meanwhile goes with the next', async () => {
  let finish: () => void = () => undefined;
  const { made, groups } = lane(async ({ riders }) => {
    if (groups.length === 1) await new Promise<void>((go) => (finish = go));
    return riders.map(({ tenant }) => `"${tenant}"`).join('\n');
  });
  const first = [made.ask(rider('a')), made.ask(rider('b'))];
  await new Promise((go) => setImmediate(go));
  const second = [made.ask(rider('c')), made.ask(rider('d'))];
  finish();
  expect(await Promise.all([...first, ...second])).toEqual(['"a"', '"b"', '"c"', '"d"']);
  expect(groups).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('a thread that has not got a bundle leaves only that rider to its own way', async () => {
  const { made } = lane(async () => '"a"\n');
  expect(await Promise.all([made.ask(rider('a')), made.ask(rider('b'))])).toEqual(['"a"', undefined]);
});

test('who holds a group up is not taken along again; the others go their own way this once', async () => {
  const { made, groups } = lane(
    ({ riders, progress }, signal) =>
      new Promise((resolve, reject) => {
        const bad = riders.findIndex(({ tenant }) => tenant === 'bad');
        if (bad < 0) return resolve(riders.map(() => '[]').join('\n'));
        progress[0] = bad;
        signal.addEventListener('abort', () => reject(new Error('ended')));
      }),
  );
  expect(await Promise.all([made.ask(rider('a')), made.ask(rider('bad'))])).toEqual([undefined, undefined]);
  expect(await Promise.all([made.ask(rider('a')), made.ask(rider('bad'))])).toEqual(['[]', undefined]);
  expect(groups).toEqual([['a', 'bad'], ['a']]);
});

test('nobody waits behind a group that is stuck', async () => {
  const { made, clock } = lane(() => new Promise(() => undefined));
  void made.ask(rider('a'));
  await new Promise((go) => setImmediate(go));
  const waiting = made.ask(rider('b'));
  clock.at = 100;
  expect(await made.ask(rider('c'))).toBeUndefined();
  expect(await waiting).toBeUndefined();
});
