import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../../lib/config/load.ts';
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import type { Provider } from '../../../services/scanner/provider.ts';
import { withProvider } from '../cloud.ts';
import { exit } from '../exit.ts';
import { type Detected, initText } from '../init-text.ts';
import { note, write } from '../output.ts';
import { progress } from '../progress.ts';

interface Options {
  readonly force?: boolean;
  readonly stdout?: boolean;
  readonly verbose?: boolean;
}

export function initCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('init')
    .argument('[file]', 'the file to write (default: elava.yaml)')
    .summary('write a commented elava.yaml with the accounts and regions that are found')
    .description('Looks with the AWS credentials at hand; reads only. Without credentials it writes a file to fill in.')
    .option('--force', 'overwrite a file that is there')
    .option('--stdout', 'print the text instead')
    .addHelpText('after', '\nExamples:\n  elava init && elava doctor && elava scan\n  elava init --stdout')
    .action(async (file: string | undefined, _, command: Command) => {
      finish(await init(resolve(file ?? 'elava.yaml'), command.optsWithGlobals<Options>()));
    });
}

async function init(path: string, options: Options): Promise<number> {
  const bar = progress();
  bar.update(0, 1, 'looking for accounts and regions');
  // The file that is there is no part of what is found, and may be broken.
  const flags = { 'providers.aws.organization.enabled': true };
  const { config } = loadConfig({ cwd: '/nowhere', env: {}, flags });
  const found = await withProvider(config, options, detect);
  bar.end();
  const text = initText(found);
  if (options.stdout) await write(text);
  else await save(path, text, options.force === true);
  for (const line of found.notes) note(line);
  if (!options.stdout) note(`Wrote ${path}. Next: elava doctor, then elava scan.`);
  return exit.ok;
}

async function save(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const message = there ? `${path} is there already; --force overwrites it` : `${path}: ${(cause as Error).message}`;
    throw elavaError('INVALID_REQUEST', message, { cause });
  }
}

const deadlineMs = 60_000;

async function detect(provider: Provider): Promise<Detected> {
  const signal = AbortSignal.timeout(deadlineMs);
  const notes: string[] = [];
  const tried = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      notes.push(`${what}: ${codeOf(error)}, ${messageOf(error).split('\n')[0]}`);
      return undefined;
    }
  };
  const caller = await tried('Credentials', () => provider.identify(signal));
  if (!caller) return { notes };
  const members = await tried('Not the account of an organisation that may list it', () => provider.accounts());
  const regions = await tried('Regions', () => provider.regionsThere(caller.account, signal));
  return { caller, members, regions, notes };
}
