import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Contract } from '../../lib/contract.ts';
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

/** The broker's requestTimeout, lib/broker.ts. */
const USUAL_WAIT_MS = 10_000;

/** docs/events.md: every action and event of every contract, and who calls and hears whom. */
export async function eventDocs(): Promise<Output[]> {
  const contracts = await allContracts();
  const text = `${markdownHead('services/*/*.contract.ts')}
# Services, actions and events

A service is called by its actions and tells the others by its events, over one broker. Names and payloads are declared
once, in the service's contract. A call that fails is retried only when it is a pure read, and nobody waits for longer
than it says. An event is volatile: who must not miss it reads the store. A job is done at least once.

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
  readonly kind: 'calls' | 'jobs' | 'event';
  readonly event?: string;
}

/**
 * Read from the sources, because who hears, calls or works is said where it is done: `eventOf(historyContract,
 * 'changed')`, `clientOf(historyContract, …)`, `jobs.publish(scannerTopic(…), …)`.
 */
function linksOf(contracts: readonly Contract[]): Link[] {
  const known = contracts.map(({ name }) => name);
  const files = sourceFiles(/^services\/.*(?<!\.test)\.ts$/);
  const links = files.flatMap((file) => linksIn(readFileSync(file, 'utf8'), file.split('/')[1] ?? ''));
  return links.filter(({ from, to }) => from !== to && known.includes(from) && known.includes(to));
}

function linksIn(text: string, service: string): Link[] {
  const heard = [...text.matchAll(/eventOf\(\s*(\w+)Contract,\s*'(\w+)'/g)];
  const called = [...text.matchAll(/clientOf\(\s*(\w+)Contract\b/g)];
  const planned = [...text.matchAll(/\.publish\(\s*(\w+)Topic\b/g)];
  return [
    ...heard.map(([, from = '', event = '']): Link => ({ from, to: service, kind: 'event', event })),
    ...called.map(([, to = '']): Link => ({ from: service, to, kind: 'calls' })),
    ...planned.map(([, to = '']): Link => ({ from: service, to, kind: 'jobs' })),
  ];
}

function diagram(contracts: readonly Contract[], links: readonly Link[]): string {
  const nodes = contracts.map(({ name }) => `  ${name}`);
  const edges = new Set(links.map(edge).toSorted());
  return ['```mermaid', 'flowchart LR', ...nodes, ...edges, '```', ''].join('\n');
}

function edge({ from, to, kind, event }: Link): string {
  if (kind === 'event') return `  ${from} -- ${event} --> ${to}`;
  return kind === 'jobs' ? `  ${from} == jobs ==> ${to}` : `  ${from} -. calls .-> ${to}`;
}

function chapter({ name, text, actions, events }: Contract): string {
  const calls = Object.entries(actions).map(([action, def]) => [
    code(`${name}.${action}`),
    def.text,
    code(schemaText(def.params)),
    code(schemaText(def.result)),
    def.read ? 'yes' : 'no',
    `${(def.timeoutMs ?? USUAL_WAIT_MS) / 1000} s`,
  ]);
  const told = Object.entries(events).map(([event, def]) => [
    code(`${name}.${event}`),
    def.text,
    code(schemaText(def.payload)),
  ]);
  return [
    `## ${name}\n\n${text}\n`,
    ...(calls.length > 0 ? [table(['action', 'what it does', 'takes', 'gives', 'retried', 'waits'], calls)] : []),
    ...(told.length > 0 ? [table(['event', 'when', 'payload'], told)] : []),
  ].join('\n');
}
