/** What the verbs of `elava tenants` share: the tenants' directories, read and compiled as the server would. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { elavaError } from '../../../../lib/errors.ts';
import { isTenantId } from '../../../../lib/tenant-id.ts';
import { unpackBundle } from '../../../../services/policy/bundles/archive.ts';
import { RegoCompiler } from '../../../../services/policy/compiler/compiler.ts';
import type { Diagnostic } from '../../../../services/policy/policy.contract.ts';
import { type Sources, sourcesOf } from '../../../../services/policy/sources.ts';
import { buildTenant } from '../../../../services/policy/tenants/tenant-bundle.ts';
import { lookAround, readTenant } from '../../../../services/tenants/directory.ts';
import type { Output } from '../../output.ts';
import { type GlobalOptions, settings } from '../../session.ts';

export type TenantOptions = GlobalOptions & { output: Output; server?: string };

export interface Checked {
  readonly id: string;
  readonly version: string;
  readonly files: number;
  readonly sources: Sources;
  readonly errors: readonly Diagnostic[];
}

export function directoryOf(command: Command): string {
  return resolve(settings(command.optsWithGlobals<TenantOptions>()).tenants.path);
}

/** Tenants of the directory, or the one that is named. Errors: TENANT_UNKNOWN, POLICY_LOAD. */
export async function tenantsIn(directory: string, only: string | undefined): Promise<string[]> {
  const { stamps } = await lookAround(directory).catch((cause: unknown) => {
    throw elavaError('POLICY_LOAD', `${directory} cannot be read: ${(cause as Error).message}`, { cause });
  });
  if (only === undefined) return [...stamps.keys()];
  if (stamps.has(only)) return [only];
  throw elavaError('TENANT_UNKNOWN', `there is no tenant ${only} in ${directory}`);
}

export async function check(directory: string, ids: readonly string[], compiler: RegoCompiler): Promise<Checked[]> {
  const checked: Checked[] = [];
  for (const id of ids) {
    const { files, archive, version, errors } = await readTenant(directory, id);
    const unpacked =
      archive === undefined ? undefined : await unpackBundle(Buffer.from(archive, 'base64'), { name: id });
    const sources = unpacked ?? sourcesOf(files);
    const built = await buildTenant(compiler, sources, [`tenants/${id}`, 'system', 'elava/rules']);
    const wrong = [...errors, ...(built.ok ? [] : built.errors)];
    const count = sources.files.length + sources.tests.length;
    checked.push({ id, version: version || (unpacked?.revision ?? ''), files: count, sources, errors: wrong });
  }
  return checked;
}

export async function withCompiler<T>(work: (compiler: RegoCompiler) => Promise<T>): Promise<T> {
  const compiler = new RegoCompiler();
  try {
    return await work(compiler);
  } finally {
    await compiler.close();
  }
}

/** Errors: TENANT_ID. */
export function tenantId(text: string): string {
  if (isTenantId(text)) return text;
  throw elavaError('TENANT_ID', `${JSON.stringify(text)} can be no tenant`);
}
