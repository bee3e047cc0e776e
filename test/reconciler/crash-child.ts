/**
 * A reconciler of its own process: real calls over the wire, the store behind a pipe to the process that owns it. It does
 * what is ready and finds out what others left, until the item is at its end, or kills itself at its point.
 * Arguments: name, account, item, point or "".
 */

import { loadConfig } from '../../lib/config/load.ts';
import { codeOf, type ErrorCode, elavaError } from '../../lib/errors.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { systemClock } from '../../lib/time.ts';
import { Caller } from '../../services/reconciler/aws/caller.ts';
import { callsOf } from '../../services/reconciler/aws/calls.ts';
import { Book, type Store } from '../../services/reconciler/book.ts';
import { Executor, type World } from '../../services/reconciler/executor.ts';
import { fingerprintOf } from '../../services/reconciler/fingerprint.ts';
import { phaseOf } from '../../services/reconciler/state.ts';
import { awsProvider } from '../../services/scanner/aws/provider.ts';
import { readOne } from '../../services/scanner/read-one.ts';

const [name = '', account = '', id = '', point = ''] = process.argv.slice(2);
export const CLAIM_MS = 6000;
export const CALL_MS = 1500;

interface Answer {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: { readonly type: ErrorCode; readonly message: string; readonly data: unknown };
}

const waiting = new Map<number, (answer: Answer) => void>();
let calls = 0;
let go = (): void => {};
const started = new Promise<void>((resolve) => {
  go = resolve;
});
process.on('message', (message: Answer | 'go') => {
  if (message === 'go') return go();
  waiting.get(message.call)?.(message);
  waiting.delete(message.call);
});

const store = new Proxy({} as Store, {
  get: (_, method) => async (params: object) => {
    const call = (calls += 1);
    const answered = new Promise<Answer>((resolve) => waiting.set(call, resolve));
    process.send?.({ call, method, params });
    const { result, error } = await answered;
    if (error) throw elavaError(error.type, error.message, { data: error.data });
    return result;
  },
});

const { config } = loadConfig({
  env: {},
  cwd: '/',
  flags: {
    'providers.aws.regions': ['us-east-1'],
    'providers.aws.accounts': [{ id: account, name: 'one', role_arn: `arn:aws:iam::${account}:role/elava` }],
    'providers.aws.rate': 1,
  },
});
const provider = awsProvider({ config, clock: systemClock, metrics: createMetrics() });
const caller = new Caller({ aws: config.providers.aws, role: '', clock: systemClock });
const signal = AbortSignal.timeout(120_000);
const world: World = {
  read: ({ region, type, resource_id }) =>
    readOne({ unit: { account, region, type }, id: resource_id }, provider, signal),
  fingerprint: (resource) => fingerprintOf(resource, { volatile: [] }),
  calls: ({ region }, { role }, mayChange) => callsOf(caller.at({ account, region, role }, signal), mayChange),
  tell: async () => {},
};
const book = new Book({ store, key: Buffer.alloc(32, 9), callMs: CALL_MS });
const executor = new Executor({
  book,
  world,
  clock: systemClock,
  log: { warn() {}, info() {}, error() {} },
  name,
  claimMs: CLAIM_MS,
  callMs: CALL_MS,
  pauseMs: 20,
  graceEnd: (_, now) => now,
  reached: async (reached) => {
    if (reached === 'after-claim') process.send?.('claimed');
    if (reached === point) process.kill(process.pid, 'SIGKILL');
  },
});

// A claim's time is for its work: to load the cloud's client takes a busy machine as long as that.
await world.read((await book.item(id)).item);
process.send?.('ready');
await started;
for (;;) {
  const held = await book.item(id);
  const phase = phaseOf(held.state, held.terms, Date.now());
  if (held.state.end !== undefined) break;
  try {
    if (phase === 'ready') await executor.run(held, [...(await book.switches()).values()]);
    else if (phase === 'calling') await executor.recover(held);
  } catch (error) {
    if (!['RECORD_CONFLICT', 'ACTION_REFUSED'].includes(codeOf(error))) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
process.disconnect();
caller.close();
provider.close();
