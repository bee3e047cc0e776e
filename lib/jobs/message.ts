/** What a job looks like on the wire: its JSON, and beside it what the queue needs to know. */
import { headers, type MsgHdrs } from 'nats';
import { codeOf, messageOf } from '../errors.ts';
import type { DeadJob } from '../jobs.ts';
import { maskText } from '../mask.ts';

const ID = 'Elava-Job';
const FENCE = 'Elava-Fence';
const TOPIC = 'Elava-Topic';
const ERROR = 'Elava-Error';
const DETAIL = 'Elava-Detail';
const ATTEMPTS = 'Elava-Attempts';
const AT = 'Elava-At';
const SEQ = 'Elava-Seq';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface JobHeaders {
  readonly id: string;
  /** Term of the leader that planned it; undefined when nobody needed to lead for it. */
  readonly fence?: number | undefined;
  /** W3C trace context of whoever published it. */
  readonly trace?: Readonly<Record<string, string>> | undefined;
}

export function encodeJob(job: object): Uint8Array {
  return encoder.encode(JSON.stringify(job));
}
export function decodeJob<T extends object>(data: Uint8Array): T {
  return JSON.parse(decoder.decode(data)) as T;
}

export function jobHeaders({ id, fence, trace = {} }: JobHeaders): MsgHdrs {
  const head = headers();
  head.set(ID, encodeURIComponent(id));
  if (fence !== undefined) head.set(FENCE, String(fence));
  for (const [name, value] of Object.entries(trace)) head.set(name, value);
  return head;
}

export function readJobHeaders(head: MsgHdrs | undefined): JobHeaders {
  const fence = head?.get(FENCE);
  const traceparent = head?.get('traceparent');
  return {
    id: decodeURIComponent(head?.get(ID) ?? ''),
    fence: fence ? Number(fence) : undefined,
    trace: traceparent ? { traceparent } : undefined,
  };
}

/** A header ends at a line break, and what a provider said may hold secrets and any character. */
function plain(text: string): string {
  return encodeURIComponent(maskText(text.toWellFormed()).slice(0, 500));
}

export interface Death {
  readonly id: string;
  /** Where the job stood in its queue. */
  readonly seq: number;
  readonly error: unknown;
  readonly attempts: number;
}

export function deadHeaders(topic: string, { id, seq, ...failure }: Death): MsgHdrs {
  const head = jobHeaders({ id });
  head.set(SEQ, String(seq));
  head.set(TOPIC, topic);
  head.set(ERROR, codeOf(failure.error));
  head.set(DETAIL, plain(messageOf(failure.error)));
  head.set(ATTEMPTS, String(failure.attempts));
  head.set(AT, new Date().toISOString());
  return head;
}

/** Where the job stood in its queue; 0 of one that was buried before this was kept. */
export function seqOf(head: MsgHdrs): number {
  return Number(head.get(SEQ));
}

export function readDead(head: MsgHdrs, data: Uint8Array): DeadJob {
  return {
    topic: head.get(TOPIC),
    id: decodeURIComponent(head.get(ID)),
    job: decodeJob(data),
    error: head.get(ERROR),
    detail: decodeURIComponent(head.get(DETAIL)),
    attempts: Number(head.get(ATTEMPTS)),
    at: head.get(AT),
  };
}
