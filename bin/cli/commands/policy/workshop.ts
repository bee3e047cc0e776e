/** What the verbs of `elava policy` share: the directory, the compiler, inputs, and how broken sources are told. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { elavaError } from '../../../../lib/errors.ts';
import type { Workshop } from '../../../../services/policy/authoring.ts';
import { RegoCompiler } from '../../../../services/policy/compiler/compiler.ts';
import { policyDirectory } from '../../../../services/policy/engine.ts';
import type { Diagnostic } from '../../../../services/policy/policy.contract.ts';
import { judgeSettings } from '../../../../services/policy/settings.ts';
import { exit } from '../../exit.ts';
import { note, type Output } from '../../output.ts';
import { type GlobalOptions, settings } from '../../session.ts';

export type PolicyOptions = GlobalOptions & { output: Output };
/** Of the argument that each of these verbs takes last. */
export const directoryText = 'directory of Rego (default: policies.path)';
export type Finish = (code: number) => void;

/** `directory` none: the configured one. */
export async function inWorkshop<O extends PolicyOptions>(
  directory: string | undefined,
  command: Command,
  work: (workshop: Workshop, options: O) => Promise<void>,
): Promise<void> {
  const options = command.optsWithGlobals<O>();
  const config = settings(options);
  const compiler = new RegoCompiler();
  try {
    const where = directory ?? policyDirectory(config.policies.path);
    await work({ directory: where, compiler, settings: judgeSettings(config) }, options);
  } finally {
    await compiler.close();
  }
}

export function refuse(errors: readonly Diagnostic[]): number {
  for (const { file, row, col, code, message } of errors) note(`${file}:${row}:${col}: ${message} (${code})`);
  note(`${styleText('red', 'error', { stream: process.stderr })} POLICY_SYNTAX: ${errors.length} to mend`);
  return exit.usage;
}

/** An object, or a list of them; `-` is stdin. Error: INPUT_INVALID. */
export async function readInput(name: string): Promise<object> {
  const text = name === '-' ? await readAll(process.stdin) : await readFile(name, 'utf8').catch(unreadable(name));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw elavaError('INPUT_INVALID', `${name}: ${(cause as Error).message}`, { cause });
  }
  throw elavaError('INPUT_INVALID', `${name}: an input is an object or a list of objects`);
}

function unreadable(name: string) {
  return (cause: unknown): never => {
    throw elavaError('INPUT_INVALID', `${name} cannot be read: ${(cause as Error).message}`, { cause });
  };
}
