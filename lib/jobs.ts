/**
 * Work that must be done, as one interface with two implementations: in this process (memory-jobs.ts), and durable
 * over JetStream in a cluster. The store is the record: a lost job can always be planned again from it.
 */
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
  stats(topic: string): TopicStats;
  close(): Promise<void>;
}
