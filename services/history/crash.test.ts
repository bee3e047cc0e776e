/** Ten times SIGKILL in the middle of writing: nothing acknowledged is lost, nothing is there twice, all tables agree. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { testMemory } from './testing.ts';
import { type Ack, disagreementsIn, lostOf } from './testing-lives.ts';

const KILLS = 10;
const child = path.join(import.meta.dirname, 'testing-crash.ts');

const readAcks = async (file: string): Promise<Ack[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap(ackOf);
};

/** A line that is just being written, or was cut off by the kill, acknowledges nothing. */
function ackOf(line: string): Ack[] {
  try {
    return [JSON.parse(line) as Ack];
  } catch {
    return [];
  }
}

/** Lets the child write for a while after it has opened the store, then kills it. */
async function writeAndKill(dir: string, acks: string, round: number): Promise<void> {
  const before = (await readAcks(acks)).length;
  const running = fork(child, [dir, acks, String(round * 1000)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(running, 'exit');
  const enough = before + 10 + round * 3;
  while ((await readAcks(acks)).length < enough && running.exitCode === null)
    await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, (round * 23) % 60));
  running.kill('SIGKILL');
  const [, signal] = (await exit) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

test('ten kills: the store opens, its tables agree, nothing acknowledged is lost or there twice', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'elava-crash-'));
  const acks = path.join(dir, 'acks');
  const data = path.join(dir, 'data');
  try {
    for (let round = 0; round < KILLS; round += 1) {
      await writeAndKill(data, acks, round);
      const t = await testMemory(data);
      expect(await disagreementsIn(t.memory.store)).toEqual([]);
      expect(await lostOf(t.memory.store, await readAcks(acks))).toEqual([]);
      await t.memory.close();
    }
    expect((await readAcks(acks)).length).toBeGreaterThan(KILLS * 10);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
