import { styleText } from 'node:util';
import type { Command } from 'commander';
import { cloudOf } from '../../../lib/config/cloud.ts';
import { withProvider } from '../cloud.ts';
import { type Check, exitOf } from '../doctor/check.ts';
import { checkCloud } from '../doctor/cloud.ts';
import { checkConfig, checkPolicyFiles, checkStore, checkVersions } from '../doctor/here.ts';
import { list } from '../filter.ts';
import { type Column, note, type Output, onePage, write, writeRows } from '../output.ts';
import { progress } from '../progress.ts';
import type { GlobalOptions } from '../session.ts';
import { interruptible } from '../signals.ts';

type Options = GlobalOptions & {
  server?: string;
  account?: string[];
  region?: string;
  type?: string[];
  cloud: boolean;
  output: Output;
};

const columns: Column<Check>[] = [
  { head: 'check', value: (c) => c.check },
  { head: 'state', value: (c) => c.state },
  { head: 'of', value: (c) => c.of },
  { head: 'code', value: (c) => c.code },
  { head: 'text', value: (c) => c.text },
  { head: 'next', value: (c) => c.next },
];
const colours = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' } as const;

export function doctorCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('doctor')
    .summary('what keeps a scan from being whole, and what to do about it')
    .description(
      `Looks at versions, configuration, store, policies, clock, credentials, accounts and regions, and makes the cheapest real
call of each resource type. Changes nothing.`,
    )
    .option('--account <ids>', 'accounts to enter, comma-separated; permissions are tried in the first', list)
    .option('--region <name>', 'region in which permissions are tried')
    .option('--type <types>', 'resource types, comma-separated', list)
    .option('--no-cloud', 'look only at what is here')
    .addHelpText(
      'after',
      `
Examples:
  elava doctor
  elava doctor --account payments-prod --type ec2,rds
  elava doctor --output json | jq '.[] | select(.state == "fail")'

Exit codes: 0 all is well or there are warnings only, 1 credentials, network or store, 2 configuration or policies,
4 some accounts, regions or types cannot be read.`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const checks = await examine(options);
      await show(checks, options.output);
      finish(exitOf(checks));
    });
}

async function examine(options: Options): Promise<Check[]> {
  const { config, checks } = checkConfig(options);
  const found = [checkVersions(), ...checks];
  if (!config) return found;
  const bar = progress();
  const { signal, close } = interruptible();
  try {
    bar.update(0, 3, 'the store');
    found.push(...(await checkStore(config, options)));
    bar.update(1, 3, 'policies');
    found.push(...(await checkPolicyFiles(config)));
    bar.update(2, 3, 'the cloud');
    const { account = [], region, type = [] } = options;
    const scope = { accounts: account, region, types: type.length > 0 ? type : cloudOf(config).types, signal };
    if (options.cloud) found.push(...(await withProvider(config, options, (provider) => checkCloud(provider, scope))));
    return found;
  } finally {
    bar.end();
    close();
  }
}

async function show(checks: readonly Check[], output: Output): Promise<void> {
  if (output !== 'table') {
    await writeRows(output, columns, onePage(checks));
    return;
  }
  for (const check of checks) await write(`${linesOf(check).join('\n')}\n`);
  const wrong = checks.filter(({ state }) => state === 'fail').length;
  note(wrong === 0 ? 'Nothing keeps a scan from being whole.' : `${wrong} to mend, the first one first.`);
}

const stateWidth = 4;
const checkWidth = 11;

/** What it is, and below it what to do. */
function linesOf({ check, state, of, code, text, next }: Check): string[] {
  const [first = '', ...more] = text.split('\n');
  const what = [of, code, first].filter((part) => part !== '').join(': ');
  const indent = ' '.repeat(stateWidth + checkWidth + 4);
  const colour = (part: string): string => styleText(colours[state], part);
  return [
    `${colour(state.padEnd(stateWidth))}  ${check.padEnd(checkWidth)}  ${what}`,
    ...more.map((line) => `${indent}${line}`),
    ...(next === '' ? [] : [`${indent}→ ${next}`]),
  ];
}
