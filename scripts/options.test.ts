import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { among, number, numbers } from './options.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function chaos(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['loadtest/cluster/chaos.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

test('what is not a number, or one too small, is refused', () => {
  const { read } = number(60, 'seconds', 1);
  expect(read('1.5')).toBe(1.5);
  for (const wrong of ['', ' ', 'abc', '0', '-1', 'Infinity', 'NaN'])
    expect(() => read(wrong)).toThrow('a number from 1');
});

test('lists may be empty, but hold nothing wrong', () => {
  expect(numbers('1', '').read('1,2,4')).toEqual([1, 2, 4]);
  expect(numbers('1', '').read('')).toEqual([]);
  expect(() => numbers('1', '').read('1,0')).toThrow('a number from 1');
});

test('of words only those that are known are taken, and all of them together', () => {
  const { read } = among({ known: ['ec2', 'ebs', 's3'] }, 'ec2', '');
  expect(read('s3,,ec2')).toEqual(['s3', 'ec2']);
  expect(read('all')).toEqual(['ec2', 'ebs', 's3']);
  expect(() => read('ec2,other')).toThrow('There is no other; there are all, ec2, ebs, s3.');
  expect(() => read('')).toThrow('one at least');
  expect(among({ known: ['a', 'b'], all: ['a'] }, 'a', '').read('all')).toEqual(['a']);
});

test('a run with a wrong option ends before it begins, and --help tells the options', () => {
  const wrong = chaos('--seconds', 'soon');
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain("'soon' is invalid. It must be a number from 1.");
  expect(chaos('--second', '9')).toMatchObject({ status: 2, stdout: '' });
  const help = chaos('--help');
  expect(help.status).toBe(0);
  expect(help.stdout).toMatch(/--recovery <recovery>\s+seconds within which .* \(default: 10\)/s);
});
