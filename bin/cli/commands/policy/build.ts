import { readFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { elavaError } from '../../../../lib/errors.ts';
import type { Workshop } from '../../../../services/policy/authoring.ts';
import { type Algorithm, algorithms } from '../../../../services/policy/bundles/signatures.ts';
import { archiveOf, type Target, targets } from '../../../../services/policy/tools/archive-of.ts';
import { exit } from '../../exit.ts';
import { note, write } from '../../output.ts';
import { directoryText, type Finish, inWorkshop, type PolicyOptions, refuse } from './workshop.ts';

type Options = PolicyOptions & {
  file: string;
  target: Target;
  revision: string;
  signingKey?: string;
  signingAlg: Algorithm;
  signingKeyId: string;
  scope: string;
};

export function buildCommand(policy: Command, finish: Finish): void {
  policy
    .command('build')
    .argument('[directory]', directoryText)
    .summary('write a bundle that OPA and Elava load')
    .description('Compiles the directory and writes it as a bundle, signed when a key is given.')
    .option('-f, --file <path>', 'where to write it', 'bundle.tar.gz')
    .addOption(
      new Option('--target <kind>', 'both: policy.wasm beside the sources; wasm: named by the manifest; rego: none')
        .choices(targets)
        .default('both'),
    )
    .option('--revision <text>', 'revision of the manifest (default: digest of the policies)', '')
    .option('--signing-key <file>', 'PEM private key, or the secret for HS256')
    .addOption(new Option('--signing-alg <name>', 'how it is signed').choices(algorithms).default('RS256'))
    .option('--signing-key-id <id>', 'name of the key, by which whoever verifies finds its own', 'default')
    .option('--scope <text>', 'what the signature is for', '')
    .addHelpText(
      'after',
      `
Examples:
  elava policy build policies -f bundle.tar.gz
  elava policy build --signing-key key.pem --signing-alg ES256 --signing-key-id ci
  opa eval -b bundle.tar.gz -i input.json data.elava.security`,
    )
    .action((directory: string | undefined, _, command: Command) =>
      inWorkshop<Options>(directory, command, async (workshop, options) => finish(await build(workshop, options))),
    );
}

async function build(workshop: Workshop, options: Options): Promise<number> {
  const { file, target, revision, output } = options;
  const signing = await signingOf(options);
  const archived = await archiveOf(workshop, { target, revision, ...(signing && { signing }) });
  if (!archived.ok) return refuse(archived.errors);
  await writeFile(file, archived.bytes);
  if (output === 'json')
    await write(`${JSON.stringify({ file, bytes: archived.bytes.length, ...archived.manifest })}\n`);
  note(`${file}: ${archived.bytes.length} bytes, revision ${archived.manifest.revision}`);
  return exit.ok;
}

async function signingOf({ signingKey, signingAlg: algorithm, signingKeyId: id, scope }: Options) {
  if (signingKey === undefined) return undefined;
  const key = await readFile(signingKey, 'utf8').catch((cause: unknown) => {
    throw elavaError('INVALID_REQUEST', `${signingKey} cannot be read: ${(cause as Error).message}`, { cause });
  });
  return { key: { key: algorithm === 'HS256' ? key.trim() : key, algorithm, scope }, id };
}
