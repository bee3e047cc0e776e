/** The options that narrow a verb to a part of the estate, the same on every verb. */
import type { Command } from 'commander';
import { elavaError } from '../../lib/errors.ts';
import type { ResourceFilter } from '../../lib/resource.ts';

export interface FilterOptions {
  readonly account?: string[];
  readonly region?: string[];
  readonly type?: string[];
  readonly tag?: string[];
  readonly owner?: string;
  readonly status?: string;
  readonly text?: string;
}

/** For options that take a list: `--region us-east-1,eu-west-1` and `--region us-east-1 --region eu-west-1` are one. */
export function list(value: string, before: string[] = []): string[] {
  const parts = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw elavaError('INVALID_REQUEST', 'a list option was given without a value');
  return [...before, ...parts];
}

/** A list of which each part must be one of these. */
export function listOf<T extends string>(choices: readonly T[]) {
  return (value: string, before: T[] = []): T[] => {
    const parts = list(value, before);
    const wrong = parts.find((part) => !choices.includes(part as T));
    if (wrong === undefined) return parts as T[];
    throw elavaError('INVALID_REQUEST', `"${wrong}" is none of ${choices.join(', ')}`);
  };
}

export function withFilter(command: Command): Command {
  return command
    .option('--account <ids>', 'accounts, comma-separated', list)
    .option('--region <names>', 'regions, comma-separated', list)
    .option('--type <types>', 'resource types, comma-separated', list)
    .option('--tag <key=value>', 'tag with that value, or key alone; may be repeated', list)
    .option('--owner <name>', 'value of an owner tag')
    .option('--status <word>', "state in AWS's own word")
    .option('--text <part>', 'part of the id or name');
}

export function filterOf(options: FilterOptions): ResourceFilter {
  const { account, region, type, tag, owner, status, text } = options;
  return {
    ...(account && { accounts: account }),
    ...(region && { regions: region }),
    ...(type && { types: type }),
    ...(tag && { tags: Object.fromEntries(tag.map(pair)) }),
    ...(owner !== undefined && { owner }),
    ...(status !== undefined && { status }),
    ...(text !== undefined && { text }),
  };
}

function pair(tag: string): [string, string] {
  const at = tag.indexOf('=');
  return at < 0 ? [tag, '*'] : [tag.slice(0, at), tag.slice(at + 1)];
}
