/**
 * The load for both sides: so many connections, each with one request under way, over plain sockets, so that the
 * generator costs little beside what it measures. `node edge-generator.ts '<Load as JSON>'` prints what it saw.
 */
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second in all; absent: as many as are answered. */
  readonly rate?: number;
  readonly requests: readonly { readonly path: string; readonly body: string }[];
}
export interface Seen {
  readonly perSecond: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Run {
  readonly until: number;
  readonly texts: readonly Buffer[];
  readonly times: number[];
  next: number;
  failed: number;
}

async function run({ port, connections, seconds, rate, requests }: Load): Promise<Seen> {
  const texts = requests.map(({ path, body }) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const began = performance.now();
  const state: Run = { until: began + seconds * 1000, texts, times: [], next: 0, failed: 0 };
  const gapMs = rate === undefined ? 0 : (1000 * connections) / rate;
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      connection(port, state, { gapMs, startMs: (gapMs * i) / connections }),
    ),
  );
  const times = state.times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, failed: state.failed, p50: at(0.5), p99: at(0.99) };
}

interface Pace {
  readonly gapMs: number;
  readonly startMs: number;
}

async function connection(port: number, state: Run, { gapMs, startMs }: Pace): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const read = reader(socket);
  for (let due = performance.now() + startMs; performance.now() < state.until; due += gapMs) {
    const wait = due - performance.now();
    if (gapMs > 0 && wait > 1) await new Promise((go) => setTimeout(go, wait));
    // From when it was due: a server that is slow must not get fewer requests for it.
    const sent = gapMs > 0 ? Math.min(due, performance.now()) : performance.now();
    socket.write(state.texts[state.next++ % state.texts.length] ?? '');
    const status = await read();
    state.times.push(performance.now() - sent);
    if (status !== 200) state.failed += 1;
  }
  socket.destroy();
}

/** Reads one whole answer: its length stands in its head, or it comes in chunks. */
function reader(socket: Socket): () => Promise<number> {
  let held = '';
  let wake: (status: number) => void = () => undefined;
  const look = (): void => {
    const end = held.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(held.slice(0, end))?.[1];
    const total = length === undefined ? held.indexOf('\r\n0\r\n\r\n', end) + 7 : end + 4 + Number(length);
    if ((length === undefined && total < 7) || held.length < total) return;
    const status = Number(held.slice(9, 12));
    held = held.slice(total);
    wake(status);
  };
  socket.setEncoding('latin1').on('data', (text: string) => {
    held += text;
    look();
  });
  socket.on('error', () => wake(0)).on('close', () => wake(0));
  return () =>
    new Promise((resolve) => {
      wake = resolve;
      look();
    });
}

if (import.meta.main) {
  const seen = await run(JSON.parse(process.argv[2] ?? '{}') as Load);
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}
