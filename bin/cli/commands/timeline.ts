import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { Static } from 'typebox';
import type { historyContract } from '../../../services/history/history.contract.ts';
import { noteCoverage } from '../coverage-note.ts';
import { byIdOrName } from '../named.ts';
import { type Column, type Output, write, writeTable } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { callText, fieldsText, whoText } from '../render/change.ts';

type Options = ReaderOptions & { limit?: number; output: Output };
type Timeline = Static<(typeof historyContract)['actions']['timeline']['result']>;

interface Entry {
  readonly at: string;
  readonly what: string;
  readonly who: string;
  readonly detail: string;
}

const columns: Column<Entry>[] = [
  { head: 'AT', value: (e) => e.at.slice(0, 19) },
  { head: 'WHAT', value: (e) => e.what },
  { head: 'WHO', value: (e) => e.who },
  { head: 'DETAIL', value: (e) => e.detail },
];

export function timelineCommand(program: Command): Command {
  return program
    .command('timeline')
    .argument('<id>', 'the ARN, a part of it, or a name that only one resource has')
    .summary('everything about one resource, newest first')
    .description('Changes with who made them, what policies said and what was done to one resource, in one list.')
    .addHelpText(
      'after',
      `
Examples:
  elava timeline sg-0a1b2c3d
  elava timeline pricing-api-sg                       by its name
  elava timeline arn:aws:s3:::billing-exports --output json`,
    )
    .action(async (id: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReader(options, async (reader) => {
        const limit = options.limit === undefined ? {} : { limit: options.limit };
        const timeline = await byIdOrName(reader, id, (one) => reader.timeline({ id: one, ...limit }));
        await showTimeline(timeline, options.output);
      });
    });
}

export async function showTimeline(timeline: Timeline, output: Output): Promise<void> {
  noteCoverage(timeline.coverage);
  if (output === 'json') return write(`${JSON.stringify(timeline)}\n`);
  const entries = entriesOf(timeline);
  if (output !== 'table') return write(entries.map((e) => `${JSON.stringify(e)}\n`).join(''));
  const newest = timeline.versions[0]?.resource;
  await write(
    `${styleText('bold', newest?.name || timeline.id)}  ${newest?.type ?? ''}  ${timeline.live ? newest?.status : 'gone'}\n`,
  );
  await write(`${timeline.id}\n`);
  await write(livesText(timeline));
  await write('\n');
  await writeTable(columns, entries);
}

function livesText({ lives: [life, ...earlier] }: Timeline): string {
  if (!life || earlier.length === 0) return '';
  const began = life.began.slice(0, 19);
  return `made again: life ${earlier.length + 1} since ${began}, the one before ended ${earlier[0]?.ended.slice(0, 19)}\n`;
}

/** Changes, evaluations and actions in one order; an evaluation that allows and has no reason says nothing worth a line. */
export function entriesOf(timeline: Timeline): Entry[] {
  const changes = timeline.changes.map((c) => ({
    at: c.at,
    what: c.baseline ? 'first seen' : c.kind,
    who: whoText(c),
    detail: [callText(c), fieldsText(c)].filter(Boolean).join(': '),
  }));
  const evaluations = timeline.evaluations
    .filter((e) => e.result.decision !== 'allow')
    .map((e) => ({
      at: e.evaluated_at,
      what: `${e.result.decision} (${e.policy_name})`,
      who: '',
      detail: e.result.reason,
    }));
  const actions = timeline.actions.map((a) => ({
    at: a.at,
    what: `${a.action} ${a.kind}`,
    who: a.by,
    detail: `${a.text} (plan ${a.plan})`,
  }));
  return [...changes, ...evaluations, ...actions].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
