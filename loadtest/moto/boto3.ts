/** What boto3 lists of an AWS: another SDK's requests, parsers and paging, in the interpreter that moto is installed for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { MotoPlace } from './clients.ts';

/** Tags by ARN. */
export type Listed = Readonly<Record<string, Readonly<Record<string, string>>>>;
export interface ListedPlace extends MotoPlace {
  /** By the product's names of the types. */
  readonly types: Readonly<Record<string, Listed>>;
}
export interface Boto3 {
  readonly boto3: string;
  readonly places: readonly ListedPlace[];
}
export interface AskedPlace extends MotoPlace {
  /** To be assumed there, "" for the caller's own account. */
  readonly role: string;
}

const script = fileURLToPath(new URL('./list.py', import.meta.url));

/** Lists every type of the places. Rejects when Python does; its words are on standard error. */
export async function listWithBoto3(python: string, places: readonly AskedPlace[]): Promise<Boto3> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(places));
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`boto3's listing ended with ${code}`);
  return JSON.parse(answer) as Boto3;
}
