import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { Change } from '../../../lib/resource.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, list, withFilter } from '../filter.ts';
import { type Column, type Output, onePage, pages, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { fieldsText, whoText } from '../render/change.ts';
import { lined, watch } from '../watch.ts';

type Options = ReaderOptions &
  FilterOptions &
  ActorOptions & {
    since?: string;
    until?: string;
    baseline?: boolean;
    limit?: number;
    output: Output;
    watch?: boolean;
  };

export const changeColumns: Column<Change>[] = [
  { head: 'AT', value: (c) => c.at.slice(0, 19) },
  { head: 'SEVERITY', value: (c) => c.severity },
  { head: 'KIND', value: (c) => c.kind, spare: true },
  { head: 'TYPE', value: (c) => c.type },
  { head: 'ACCOUNT', value: (c) => c.account, spare: true },
  { head: 'REGION', value: (c) => c.region, spare: true },
  { head: 'NAME', value: (c) => c.name },
  { head: 'WHO', value: whoText },
  { head: 'WHAT', value: fieldsText },
];

/** What changes can be counted by; those that are told first are the most asked for. */
export const changeDimensions = ['actor', 'actor_kind', 'kind', 'event', 'type', 'account', 'region'] as const;

export interface ActorOptions {
  readonly actor?: string[];
  readonly actorKind?: string[];
}

/** The options that narrow a verb to the changes of somebody. */
export function withActors(command: Command): Command {
  return command
    .option('--actor <names>', 'by whom; "unknown" for those that nobody is known of', list)
    .option('--actor-kind <kinds>', 'human, service, automation or unknown', list);
}

export function actorsOf({ actor, actorKind }: ActorOptions) {
  const known = (names: string[]) => names.map((name) => (name === 'unknown' ? '' : name));
  return { ...(actor && { actors: known(actor) }), ...(actorKind && { actor_kinds: known(actorKind) }) };
}

export function changesCommand(program: Command): Command {
  return withActors(withFilter(program.command('changes')))
    .summary('list what changed, newest first')
    .description('Lists changes with the fields that changed, their old and their new value.')
    .option('--since <instant>', 'from: an instant, or 24h for a day ago')
    .option('--until <instant>', 'up to')
    .option('--baseline', 'also what the first scan of a unit found')
    .option('--watch', 'go on and show each change as it comes, until Ctrl-C')
    .addHelpText(
      'after',
      `
Examples:
  elava changes --since 24h
  elava changes --since 7d --actor-kind human
  elava changes --type security_group --output ndjson
  elava changes --watch --server http://127.0.0.1:8181   what comes, as it comes`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await (options.watch ? watchChanges(options) : listChanges(options));
    });
}

async function listChanges(options: Options): Promise<void> {
  const now = Date.now();
  const window = {
    ...(options.since !== undefined && { since: parseInstant(options.since, now) }),
    ...(options.until !== undefined && { until: parseInstant(options.until, now) }),
    ...(options.baseline && { baseline: true }),
  };
  await withReader(options, async (reader) => {
    const answers = pages(
      async (page) => {
        const answer = await reader.changes({ filter: filterOf(options), ...actorsOf(options), ...window, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.changes,
      options.limit,
    );
    await writeRows(options.output, changeColumns, answers);
  });
}

/** Changes after the newest that is known, oldest first, as lines: a table would have to wait for its last row. */
async function watchChanges(options: Options): Promise<void> {
  const since = parseInstant(options.since ?? '0s', Date.now());
  const question = { filter: filterOf(options), ...actorsOf(options) };
  await withReader(options, (reader) =>
    watch({
      ask: (from) => reader.changes({ ...question, since: from, limit: 1000 }).then(({ changes }) => changes),
      keyOf: ({ id, revision }) => `${id} ${revision}`,
      show: (changes) => writeRows(lined(options.output), changeColumns, onePage(changes)),
      since,
    }),
  );
}
