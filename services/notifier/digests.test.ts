/** What owners are told: once, in one message a window, by one process, with a ledger. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { elavaError } from '../../lib/errors.ts';
import type { StoredRecord } from '../history/history.contract.ts';
import type { ChannelSettings } from './channel.ts';
import { channels } from './channels/index.ts';
import type { DigestEntry } from './digest.schema.ts';
import { textOf } from './digest-text.ts';
import { Digests } from './digests.ts';
import { targetsOf } from './routes.ts';

const entry = (key: string, more: Partial<DigestEntry> = {}): DigestEntry => ({
  key,
  title: `ec2 web: stop it`,
  what: 'arn:1 (dev)',
  why: 'unused (elava.waste.flag_unused)',
  who: 'bob',
  when: 'when 1 person has approved',
  fix: 'mend it yourself',
  links: { approve: `token-${key}` },
  ...more,
});
const WINDOW = 900_000;
const log = { warn() {}, error() {} } as never;

interface Sent {
  readonly id: string;
  readonly owner: string;
  readonly entries: readonly DigestEntry[];
}

let now = 0;
let sent: Sent[];
let fail = false;
/** A stream is taken at its number only, as history does. */
let all: StoredRecord[];

function digests(): Digests {
  return new Digests({
    store: {
      async record({ stream, plan, expected, record }) {
        if (all.filter((one) => one.stream === stream).length !== expected) throw elavaError('RECORD_CONFLICT', stream);
        all.push({ stream, plan, seq: expected + 1, ...record });
        return { seq: expected + 1 };
      },
      records: async ({ streams, prefix }) => ({
        records: all.filter(({ stream }) => streams?.includes(stream) ?? stream.startsWith(prefix ?? '')),
      }),
    },
    clock: { now: () => now },
    log,
    windowMs: WINDOW,
    targets: (owner) => (owner === 'nobody' ? [] : [{ channel: 'mail', to: owner }]),
    async deliver(_target, digest) {
      if (fail) throw elavaError('CHANNEL_UNREACHABLE', 'down');
      sent.push(digest);
    },
  });
}

beforeEach(() => {
  now = 1_000_000;
  sent = [];
  all = [];
  fail = false;
});

describe('digests', () => {
  test('what comes within a window is one message, and is not told again', async () => {
    const one = digests();
    expect(await one.take('ada', [entry('i-1'), entry('i-2')])).toBe(2);
    now += 1000;
    expect(await one.take('ada', [entry('i-2'), entry('i-3')])).toBe(1);
    expect(await one.flush()).toEqual([]);
    now += WINDOW;
    expect(await one.flush()).toMatchObject([{ owner: 'ada', entries: 3, state: 'delivered' }]);
    expect(sent.map(({ entries }) => entries.map(({ key }) => key))).toEqual([['i-1', 'i-2', 'i-3']]);
    expect(await one.take('ada', [entry('i-1')])).toBe(0);
    now += WINDOW;
    expect(await one.flush({ now: true })).toEqual([]);
  });

  test('of two processes one sends', async () => {
    await digests().take('ada', [entry('i-1')]);
    await Promise.all([digests().flush({ now: true }), digests().flush({ now: true })]);
    expect(sent).toHaveLength(1);
  });

  test('a failure stands in the ledger, and keeps nobody else waiting', async () => {
    const one = digests();
    await one.take('ada', [entry('i-1')]);
    await one.take('nobody', [entry('i-1')]);
    fail = true;
    const states = await one.flush({ now: true });
    expect(states.map(({ owner, state, error }) => [owner, state, error])).toEqual([
      ['ada', 'failed', 'CHANNEL_UNREACHABLE: down'],
      ['nobody', 'failed', 'CHANNEL_UNKNOWN: no channel takes what this owner is told'],
    ]);
    expect(await one.ledger('ada')).toMatchObject([{ owner: 'ada', state: 'failed', to: 'ada', entries: 1 }]);
  });
});

describe('who is told', () => {
  const base: ChannelSettings = { type: 'slack', url: 'u', secret: '', severities: [] };
  const all_ = { chat: { ...base, digest: true }, mail: { ...base, type: 'email' as const }, hook: base };
  const routes = [
    { owner: 'team-*', channel: 'hook', address: '' },
    { owner: 'cleo', channel: 'mail', address: 'cleo@acme.example' },
    { owner: 'gone', channel: 'no-such', address: '' },
  ];
  test.each([
    ['team-payments', [{ channel: 'hook', to: '' }]],
    ['CLEO', [{ channel: 'mail', to: 'cleo@acme.example' }]],
    ['ada@acme.example', [{ channel: 'mail', to: 'ada@acme.example' }]],
    ['somebody', [{ channel: 'chat', to: '' }]],
    ['', [{ channel: 'chat', to: '' }]],
    ['gone', [{ channel: 'chat', to: '' }]],
    ['bob@x\r\nBcc: eve@y', [{ channel: 'chat', to: '' }]],
  ])('%j', (owner, targets) => expect(targetsOf(owner, { routes, channels: all_ })).toEqual(targets));
});

describe('what they read', () => {
  const digest = {
    id: 'msg_1',
    owner: 'ada',
    entries: [entry('i-1', { title: '<!channel> *bold*' })],
    answers: 'https://x/a#',
    at: new Date(0),
  };
  const settings: ChannelSettings = {
    type: 'slack',
    url: 'https://hooks.example/x',
    secret: '',
    severities: [],
    from: 'elava@acme.example',
  };

  test('all that a person asks, and how to answer', () => {
    const text = textOf(digest);
    for (const part of [
      'arn:1 (dev)',
      'unused',
      'bob',
      'when 1 person',
      'mend it yourself',
      'approve: https://x/a#token-i-1',
    ]) {
      expect(text).toContain(part);
    }
    expect(textOf({ ...digest, answers: '' })).toContain('elava approve i-1, or elava cancel i-1');
  });
  test('Slack gets buttons that lead to a page, and no text can mention anybody', () => {
    const body = channels.slack.digest?.(digest, settings, '').body ?? '';
    expect(body).toContain('"url":"https://x/a#token-i-1"');
    expect(body).not.toContain('<!channel>');
  });
  test('a webhook gets ten entries at most, so that its body stays small', () => {
    const many = { ...digest, entries: Array.from({ length: 40 }, (_, i) => entry(`i-${i}`)) };
    const { data } = JSON.parse(channels.webhook.digest?.(many, settings, '').body ?? '') as {
      data: { total: number; entries: [] };
    };
    expect([data.total, data.entries.length]).toEqual([40, 10]);
  });
  test('a mail has one recipient and a subject on one line', () => {
    const made = channels.email.digest?.({ ...digest, owner: 'ada\r\nBcc: eve@y' }, settings, 'ada@acme.example');
    expect(made?.mail).toMatchObject({ to: 'ada@acme.example', from: 'elava@acme.example' });
    expect(made?.mail?.subject).not.toMatch(/[\r\n]/);
  });
});
