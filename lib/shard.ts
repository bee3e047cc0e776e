/** Accounts by shards: the grain in which the processes of a cluster share out the writing of the memory. */
import { createHash } from 'node:crypto';

/** All processes must agree on it. More than processes that write, so that each can have its share. */
export const SHARDS = 16;

export function shardOf(account: string): number {
  return (createHash('sha1').update(account).digest()[0] ?? 0) % SHARDS;
}

/** What the lead of a shard is called. */
export function leadOf(shard: number): string {
  return `writer.${shard}`;
}
