/**
 * Work that must be done, as one interface with two implementations: in this process (memory-jobs.ts), and durable
 * over JetStream in a cluster. The store is the record: a lost job can always be planned again from it.
 */
import type { Slots } from './jobs/slots.ts';

export interface JobOptions {
  /** Jobs of one id that wait or run are one job. */
  readonly id: string;
}
export interface WorkOptions {
  readonly concurrency: number;
  /** Deliveries of one job before it is dead. */
  readonly attempts?: number;
  /** A handler that runs longer has its signal aborted and counts as failed. */
  readonly deadlineMs: number;
  /** Shared by the workers of several topics: together they run no more than it has. */
  readonly slots?: Slots;
}
export interface Delivery {
  readonly id: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}
export interface TopicStats {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly dead: number;
}
/** A job that was given up, with what it came to. */
export interface DeadJob {
  readonly topic: string;
  readonly id: string;
  readonly job: object;
  readonly error: string;
  readonly detail: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly at: string;
}
export interface DeadLetters {
  /** The oldest first. */
  list(options?: { readonly topic?: string; readonly limit?: number }): Promise<DeadJob[]>;
  /** Puts the job back into its queue; false when there is no such dead job. */
  retry(topic: string, id: string): Promise<boolean>;
  drop(topic: string, id: string): Promise<boolean>;
}
export interface Worker {
  /** Stops taking jobs, waits for those that run. */
  close(): Promise<void>;
}
export interface Jobs {
  /** Resolves when the queue holds the job: true, or false when a job of that id is already waiting or running. */
  publish(topic: string, job: object, options: JobOptions): Promise<boolean>;
  /** One worker a topic and process; `handle` may run again for the same job and must be idempotent. */
  work<T extends object>(
    topic: string,
    options: WorkOptions,
    handle: (job: T, delivery: Delivery) => Promise<void>,
  ): Worker;
  stats(topic: string): TopicStats | Promise<TopicStats>;
  /** Those that have a queue or a dead job, sorted. */
  topics(): Promise<string[]>;
  readonly dead: DeadLetters;
  close(): Promise<void>;
}
