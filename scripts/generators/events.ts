import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ActionDef, Contract } from '../../lib/contract.ts';
import { sourceFiles } from '../sources.ts';
import { code, markdownHead, type Output, table } from './output.ts';
import { schemaText } from './schema-text.ts';

/** The order in which a resource goes through the services; one that is not named here comes last. */
const flow = [
  'orchestrator',
  'scanner',
  'history',
  'attribution',
  'analyzer',
  'policy',
  'reconciler',
  'notifier',
  'gateway',
  'sovereignty',
];

/** docs/events.md: every action and event of every contract, and who calls and hears whom. */
export async function eventDocs(): Promise<Output[]> {
  const contracts = await allContracts();
  const text = `${markdownHead('services/*/*.contract.ts')}
# Services, actions and events

A service is called by its actions and tells the others by its events, over one broker. Names and payloads are declared
once, in the service's contract. A call that fails is retried only when it is a pure read; the time is how long a caller
waits where it is not the usual 10 s. An event is volatile: who must not miss it reads the store.

${diagram(contracts, linksOf(contracts))}
${contracts.map(chapter).join('\n')}`;
  return [{ path: 'docs/events.md', text }];
}

async function allContracts(): Promise<Contract[]> {
  const files = sourceFiles(/^services\/[^/]+\/[^/]+\.contract\.ts$/);
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>),
  );
  const contracts = modules.flatMap((module) => Object.values(module).filter(isContract));
  const place = ({ name }: Contract): number => (flow.includes(name) ? flow.indexOf(name) : flow.length);
  return contracts.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

function isContract(value: unknown): value is Contract {
  const { name, actions, events } = (value ?? {}) as Partial<Contract>;
  return typeof name === 'string' && typeof actions === 'object' && typeof events === 'object';
}

interface Link {
  readonly from: string;
  readonly to: string;
  /** The event; absent for calls. */
  readonly event?: string;
}

/** Read from the sources, because who hears an event is declared where it is heard: `eventOf(historyContract, 'changed')`. */
function linksOf(contracts: readonly Contract[]): Link[] {
  const links = new Map<string, Link>();
  const add = (link: Link): void => void links.set(JSON.stringify(link), link);
  for (const file of sourceFiles(/^services\/.*(?<!\.test)\.ts$/)) {
    const to = file.split('/')[1] ?? '';
    const text = readFileSync(file, 'utf8');
    for (const [, name = '', event = ''] of text.matchAll(/eventOf\(\s*(\w+)Contract,\s*'(\w+)'/g))
      add({ from: name, to, event });
    for (const [, name = ''] of text.matchAll(/clientOf\(\s*(\w+)Contract\b/g))
      if (name !== to) add({ from: to, to: name });
  }
  const known = contracts.map(({ name }) => name);
  return [...links.values()].filter(({ from, to }) => known.includes(from) && known.includes(to));
}

function diagram(contracts: readonly Contract[], links: readonly Link[]): string {
  const nodes = contracts.map(({ name }) => `  ${name}`);
  const edges = links
    .map(({ from, to, event }) => (event ? `  ${from} -- ${event} --> ${to}` : `  ${from} -. calls .-> ${to}`))
    .toSorted();
  return ['```mermaid', 'flowchart LR', ...nodes, ...edges, '```', ''].join('\n');
}

function chapter({ name, text, actions, events }: Contract): string {
  const calls = Object.entries(actions).map(([action, def]) => [
    code(`${name}.${action}`),
    def.text,
    code(schemaText(def.params)),
    code(schemaText(def.result)),
    kindOf(def),
  ]);
  const told = Object.entries(events).map(([event, def]) => [
    code(`${name}.${event}`),
    def.text,
    code(schemaText(def.payload)),
  ]);
  return [
    `## ${name}\n\n${text}\n`,
    ...(calls.length > 0 ? [table(['action', 'what it does', 'takes', 'gives', 'on failure'], calls)] : []),
    ...(told.length > 0 ? [table(['event', 'when', 'payload'], told)] : []),
  ].join('\n');
}

function kindOf({ read, timeoutMs }: ActionDef): string {
  return `${read ? 'retried' : 'never'}${timeoutMs === undefined ? '' : `, ${timeoutMs / 1000} s`}`;
}
