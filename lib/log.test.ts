import { spawn } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { createLogger, type Logger, type LogOptions } from './log.ts';
import { prettyLine } from './log-pretty.ts';
import { MASKED } from './mask.ts';

type Line = Record<string, unknown>;

function recorded(write: (log: Logger) => void, options: Partial<LogOptions> = {}): Line[] {
  const lines: string[] = [];
  write(createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) }, ...options }));
  return lines.map((line) => JSON.parse(line) as Line);
}

describe('createLogger', () => {
  test('one JSON object a line with level, time, message and fields', () => {
    const [line] = recorded((log) => log.info({ unit: 'a/b/ec2', count: 3 }, 'unit scanned'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      unit: 'a/b/ec2',
      count: 3,
      msg: 'unit scanned',
    });
  });

  test('the level filters', () => {
    expect(recorded((log) => log.debug('x'), { level: 'info' })).toEqual([]);
    expect(recorded((log) => log.fatal('x'), { level: 'silent' })).toEqual([]);
  });

  test('secrets are masked in fields, message, arguments, and children of children', () => {
    const secret = `AKIA${'A'.repeat(16)}`;
    const lines = recorded((log) => {
      log.info({ deep: [{ password: 'hunter2' }], secret: 'hunter2' }, `used ${secret}`);
      log.info('used %s and %j', secret, { token: 'hunter2' });
      log.child({ token: 'hunter2' }).child({ url: 'https://u:hunter2@h' }).info('x');
      log.info(secret);
      const bound = log.child({ name: 'x' });
      bound.setBindings({ apiKey: 'hunter2' });
      bound.info('y');
    });
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatchObject({ token: MASKED, url: `https://u:${MASKED}@h` });
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|AKIA/);
  });

  test('errors keep code, stack and cause, under any key or alone', () => {
    const error = Object.assign(new Error('no', { cause: new Error('password=hunter2') }), { code: 'E1' });
    const lines = recorded((log) => {
      log.error({ error }, 'failed');
      log.error({ err: error, reason: error });
      log.error(error);
    });
    const expected = {
      name: 'Error',
      message: 'no',
      code: 'E1',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: `password=${MASKED}` },
    };
    expect(lines[0]).toMatchObject({ msg: 'failed', error: expected });
    expect(lines[1]).toMatchObject({ err: expected, reason: expected });
    expect(lines[2]).toMatchObject({ msg: 'no', error: expected });
  });

  test('a cycle and a deep value are written, not thrown', () => {
    const loop: Line = {};
    loop['self'] = loop;
    let deep: Line = {};
    for (let i = 0; i < 100; i++) deep = { deep };
    const [line] = recorded((log) => log.info({ loop, deep }, 'x'));
    expect(line).toMatchObject({ loop: { self: '[circular]' } });
    expect(JSON.stringify(line)).toContain('{"deep":"[too deep]"}');
    expect(JSON.stringify(line).length).toBeLessThan(300);
  });
});

describe('at a terminal', () => {
  test('time, level, message, fields', () => {
    expect(prettyLine('{"level":"warn","time":"2026-11-20T12:00:00.000Z","msg":"slow","ms":12,"unit":"a"}\n')).toBe(
      '12:00:00.000 WARN  slow ms=12 unit=a\n',
    );
    expect(prettyLine('not json\n')).toBe('not json\n');
  });

  test('the stack stands below; control characters do not reach the terminal', () => {
    const line = JSON.stringify({
      level: 'error',
      time: '',
      msg: 'a\u001b[2Jb\nc',
      error: { stack: 'Error: x\n    at y' },
    });
    expect(prettyLine(line)).toBe(' ERROR a\\x1b[2Jb\\x0ac\n  Error: x\n      at y\n');
  });

  test('pretty goes through the same masking', () => {
    const lines: string[] = [];
    createLogger({ level: 'info', pretty: true, destination: { write: (line) => lines.push(line) } }).info(
      { token: 'hunter2' },
      'x',
    );
    expect(lines.join('')).toMatch(/INFO {2}x token=\[masked\]\n$/);
  });
});

/** Runs a program that uses the log, and gives what came out. */
async function run(program: string): Promise<{ out: string; err: string }> {
  const code = `import { createLogger } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};\n${program}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return { out, err };
}

describe('in a process', () => {
  test('lines go to stderr, and the last one is there after process.exit', async () => {
    const { out, err } = await run(`const log = createLogger({ level: 'info' });
      for (let i = 0; i < 1000; i++) log.info({ i }, 'line');
      process.exit(3);`);
    expect(out).toBe('');
    expect(err.trim().split('\n')).toHaveLength(1000);
  });

  test('a reader that is stuck costs lines, not the process; drops are counted', async () => {
    const child = `let dropped = 0;
      const log = createLogger({ level: 'info', onDrop: () => { dropped++; } });
      const text = 'x'.repeat(100_000);
      for (let i = 0; i < 200; i++) { log.info({ i }, text); }
      console.log(dropped > 0 ? 'dropped' : 'kept');
      process.kill(process.pid, 'SIGKILL');`;
    const { out } = await run(child);
    expect(out.trim()).toBe('dropped');
  });
});
