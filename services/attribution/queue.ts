/**
 * Events that EventBridge pushes into an SQS queue as they happen (rule: detail-type "AWS API Call via CloudTrail"), also
 * by way of SNS. A message is removed when its event is stored, so that a crash costs a delivery, not an event.
 */
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';
import { type AuditRecord, readRecord } from './record.ts';

export interface Message {
  /** Names the delivery when it is removed. */
  readonly receipt: string;
  readonly body: string;
}
/** What of SQS is used; a test can give messages of its own. */
export interface EventQueue {
  /** Waits some seconds for the first. */
  receive(signal: AbortSignal): Promise<Message[]>;
  remove(receipts: readonly string[], signal: AbortSignal): Promise<void>;
  close(): void;
}
export interface QueueParts {
  readonly queue: EventQueue;
  readonly store: (records: readonly AuditRecord[]) => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  /** Called when something was stored. */
  readonly arrived: () => void;
}

/** Both are the most that SQS takes. */
const MOST_MESSAGES = 10;
const WAIT_SECONDS = 20;
const PAUSE_MS = 10_000;

/** `url` as SQS shows it: https://sqs.eu-west-1.amazonaws.com/111111111111/elava. Errors: CONFIG_INVALID. */
export function eventQueue(url: string): EventQueue {
  const [, region] = /^https?:\/\/(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(url) ?? [];
  if (!URL.canParse(url)) throw elavaError('CONFIG_INVALID', `attribution.queue: "${url}" is no queue's address`);
  const client = new SQSClient(region === undefined ? {} : { region });
  return {
    async receive(signal) {
      const wanted = { QueueUrl: url, MaxNumberOfMessages: MOST_MESSAGES, WaitTimeSeconds: WAIT_SECONDS };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(wanted), { abortSignal: signal });
      return Messages.map(({ ReceiptHandle: receipt = '', Body: body = '' }) => ({ receipt, body }));
    },
    async remove(receipts, signal) {
      const Entries = receipts.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal: signal });
    },
    close: () => client.destroy(),
  };
}

/** The record in a message of EventBridge, also when SNS carried it; undefined when there is none. */
export function recordIn(body: string): AuditRecord | undefined {
  try {
    const message = JSON.parse(body) as { detail?: unknown; Message?: unknown } | null;
    if (typeof message?.Message === 'string') return recordIn(message.Message);
    return readRecord(JSON.stringify(message?.detail ?? message));
  } catch {
    return undefined;
  }
}

/** Takes what comes until the signal aborts. What fails is tried again; a message that is no event is removed. */
export async function takeEvents({ queue, store, log, arrived }: QueueParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const messages = await queue.receive(signal);
      if (messages.length === 0) continue;
      const records = messages.flatMap(({ body }) => recordIn(body) ?? []);
      if (records.length < messages.length)
        log.warn({ messages: messages.length - records.length }, 'messages of the queue are no CloudTrail events');
      await store(records);
      await queue.remove(
        messages.map(({ receipt }) => receipt),
        signal,
      );
      if (records.length > 0) arrived();
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ error }, 'the queue of audit events could not be read and will be tried again');
      await sleep(PAUSE_MS, signal, { unref: true }).catch(() => undefined);
    }
  }
}
