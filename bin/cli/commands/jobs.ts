/** What the queue of a cluster gave up: looked at, tried again, dropped. */
import type { Command } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import type { DeadJob, Jobs } from '../../../lib/jobs.ts';
import { runtimeOf } from '../../../lib/runtime.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { type GlobalOptions, settings, withSession } from '../session.ts';

type Options = GlobalOptions & { output: Output; limit?: number; topic?: string; all?: boolean };

const columns: readonly Column<DeadJob>[] = [
  { head: 'TOPIC', value: ({ topic }) => topic },
  { head: 'ID', value: ({ id }) => id },
  { head: 'AT', value: ({ at }) => at },
  { head: 'TRIES', value: ({ attempts }) => attempts, right: true },
  { head: 'ERROR', value: ({ error }) => error },
  { head: 'DETAIL', value: ({ detail }) => detail },
];

export function jobsCommand(program: Command): Command {
  const jobs = program
    .command('jobs')
    .summary('jobs of a cluster that were given up: list, retry, drop')
    .description(
      'A job that failed as often as it may is kept for 30 days, with its last error, for somebody to decide.',
    );
  jobs
    .command('list')
    .summary('what was given up, the oldest first')
    .description('Lists the dead jobs, the oldest first. They are kept for 30 days.')
    .addHelpText('after', '\nExamples:\n  elava jobs list\n  elava jobs list --topic scan.eu-west-1')
    .option('--topic <name>', 'only those of one queue, such as scan.eu-west-1')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withJobs(options, async ({ dead }) => {
        const found = await dead.list(filterOf(options));
        await writeRows(options.output, columns, onePage(found));
        if (found.length === 0) note('No job is dead.');
      });
    });
  for (const verb of ['retry', 'drop'] as const) {
    jobs
      .command(verb)
      .argument('[id]', 'its id, as elava jobs list shows it')
      .description(verb === 'retry' ? 'Puts a dead job back into its queue.' : 'Forgets a dead job.')
      .option('--topic <name>', 'its queue; needed where two queues have a job of that id')
      .option('--all', 'all of them, or all of --topic')
      .addHelpText(
        'after',
        `\nExamples:\n  elava jobs ${verb} 20260601T090000Z-a1b2c3/111111111111/eu-west-1/ec2\n  elava jobs ${verb} --all --topic scan.eu-west-1`,
      )
      .action(async (id: string | undefined, _, command: Command) => {
        const options = command.optsWithGlobals<Options>();
        await withJobs(options, (queue) => settle(queue, { verb, id }, options));
      });
  }
  return jobs;
}

function filterOf({ topic, limit }: Options): { topic?: string; limit?: number } {
  return { ...(topic !== undefined && { topic }), ...(limit !== undefined && { limit }) };
}

/** Dead jobs that one `--all` settles at most; it can be said again. */
const MANY = 10_000;

async function settle(
  { dead }: Jobs,
  asked: { verb: 'retry' | 'drop'; id?: string | undefined },
  options: Options,
): Promise<void> {
  const { verb, id } = asked;
  if ((id === undefined) !== (options.all === true)) throw elavaError('INVALID_REQUEST', 'name one job, or say --all');
  const listed = await dead.list({ ...filterOf(options), limit: MANY });
  const chosen = listed.filter((one) => id === undefined || one.id === id);
  if (chosen.length === 0 && id !== undefined) throw elavaError('NOT_FOUND', `there is no dead job ${id}`);
  if (id !== undefined && chosen.length > 1)
    throw elavaError('INVALID_REQUEST', `several queues have a job ${id}: say --topic`);
  let settled = 0;
  for (const one of chosen) if (await dead[verb](one.topic, one.id)) settled += 1;
  note(`${settled} ${settled === 1 ? 'job' : 'jobs'} ${verb === 'retry' ? 'put back' : 'dropped'}.`);
}

async function withJobs(options: Options, work: (jobs: Jobs) => Promise<void>): Promise<void> {
  const config = settings(options);
  if (config.nats.servers.length === 0)
    throw elavaError('INVALID_REQUEST', 'without nats.servers jobs live and die with the process that serves');
  await withSession(config, { ...options, roles: [] }, async ({ broker }) => {
    const { jobs } = runtimeOf(broker);
    if (options.topic !== undefined) refuseUnknown(options.topic, await jobs.topics());
    await work(jobs);
  });
}

/** A misspelt queue has no dead jobs either, which looks as if all were well. */
function refuseUnknown(topic: string, known: readonly string[]): void {
  if (known.includes(topic)) return;
  const there = known.length === 0 ? 'none was made yet' : `there are ${known.join(', ')}`;
  throw elavaError('INVALID_REQUEST', `--topic: there is no queue ${topic === '' ? '""' : topic}; ${there}`);
}
