import { afterAll, expect, test } from '@jest/globals';
import { Watchdog } from '../watchdog.ts';
import { type GroupTask, QuickLane, type Rider } from './quick-lane.ts';

const rider = (tenant: string): Rider => ({ tenant, digest: 'd', memoryBytes: 1, deadlineMs: 50, lines: '' });

const watchdog = new Watchdog();
afterAll(() => watchdog.close());

function lane(run: (task: GroupTask, signal: AbortSignal) => Promise<string>) {
  const groups: string[][] = [];
  const clock = { at: 0 };
  const made = new QuickLane({
    run: (task, signal) => {
      groups.push(task.riders.map(({ tenant }) => tenant));
      return run(task, signal);
    },
    watch: (batch) => watchdog.watch(batch),
    width: 1,
    now: () => clock.at,
  });
  return { made, groups, clock };
}

test('what arrives together goes together; what comes meanwhile goes with the next', async () => {
  let finish: () => void = () => undefined;
  const { made, groups } = lane(async ({ riders }) => {
    if (groups.length === 1) await new Promise<void>((go) => (finish = go));
    return riders.map(({ tenant }) => `1 "${tenant}"`).join('\n');
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
  const { made } = lane(async () => '1 "a"\n');
  expect(await Promise.all([made.ask(rider('a')), made.ask(rider('b'))])).toEqual(['"a"', undefined]);
});

test('who holds a group up is not taken along again; the others go their own way this once', async () => {
  const { made, groups } = lane(
    ({ riders, progress }, signal) =>
      new Promise((resolve, reject) => {
        const bad = riders.findIndex(({ tenant }) => tenant === 'bad');
        if (bad < 0) return resolve(riders.map(() => '1 []').join('\n'));
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

test('who is slow three times in a row goes its own way for a while', async () => {
  const { made, clock } = lane(async ({ riders }) => riders.map(({ tenant }) => `${tenant.length}000 []`).join('\n'));
  const ask = (): Promise<ReadonlyArray<string | undefined>> =>
    Promise.all([made.ask(rider('tedious')), made.ask(rider('a'))]);
  for (let i = 0; i < 3; i++) expect(await ask()).toEqual(['[]', '[]']);
  expect(await ask()).toEqual([undefined, '[]']);
  clock.at = 10_001;
  expect(await ask()).toEqual(['[]', '[]']);
});

test('nobody is blamed for a thread that has not begun', async () => {
  const { made, groups } = lane(async ({ riders }) => {
    if (groups.length === 1) throw new Error('the thread could not start');
    return riders.map(() => '1 []').join('\n');
  });
  expect(await made.ask(rider('a'))).toBeUndefined();
  expect(await made.ask(rider('a'))).toBe('[]');
});

test('the next revision of a tenant that held a group up goes its own way at first', async () => {
  const { made, clock } = lane(
    ({ riders, progress }, signal) =>
      new Promise((resolve, reject) => {
        if (riders[0]?.digest !== 'd') return resolve('1 []');
        progress[0] = 0;
        signal.addEventListener('abort', () => reject(new Error('ended')));
      }),
  );
  expect(await made.ask(rider('bad'))).toBeUndefined();
  expect(await made.ask({ ...rider('bad'), digest: 'e' })).toBeUndefined();
  clock.at = 10_001;
  expect(await made.ask({ ...rider('bad'), digest: 'e' })).toBe('[]');
});
