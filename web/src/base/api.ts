/** The gateway's answers. Every request has a deadline, and every failure has a code and a next step. */
import { signal } from '@preact/signals';
import type { Static } from 'typebox';
import type { historyContract } from '../../../services/history/history.contract.ts';
import { address, type Values } from './router.ts';

export type HistoryAnswer<K extends keyof (typeof historyContract)['actions']> = Static<
  (typeof historyContract)['actions'][K]['result']
>;

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** What to do now, "" when nobody knows. */
  readonly next: string;
  readonly status: number;
}

const DEADLINE_MS = 30_000;
const TOKEN = 'elava-token';

/** What the gateway asked for when it refused: the shell shows the sign-in form. */
export const refused = signal<Failure | undefined>(undefined);
/** When an answer came last, and whether the last request found nobody; milliseconds. */
export const contact = signal<{ readonly at: number; readonly lost: boolean }>({ at: 0, lost: false });

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'next' in value;
}

export function token(): string {
  return sessionStorage.getItem(TOKEN) ?? '';
}

export function signIn(text: string): void {
  if (text === '') sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, text);
  refused.value = undefined;
}

export interface Ask {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
}

export function get<T>(path: string, values: Values = {}, ask: Ask = {}): Promise<T> {
  return request<T>(address(path, values), ask);
}

export function post<T>(path: string, body: unknown, ask: Ask = {}): Promise<T> {
  return request<T>(path, { ...ask, method: ask.method ?? 'POST', body });
}

/** Rejects with a Failure, or with the AbortError of `signal`. */
async function request<T>(url: string, ask: Ask): Promise<T> {
  const response = await answer(url, ask);
  const text = await response.text().catch(() => '');
  const body = parsed(text);
  contact.value = { at: Date.now(), lost: false };
  if (response.ok) return (body === undefined ? text : body) as T;
  const failure = failureOf(response.status, body);
  if (response.status === 401) refused.value = failure;
  throw thrown(failure);
}

async function answer(url: string, { signal: given, timeoutMs = DEADLINE_MS, method = 'GET', body }: Ask) {
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = given ? AbortSignal.any([given, deadline]) : deadline;
  try {
    return await fetch(url, { method, signal, headers: headersOf(body), body: bodyOf(body) });
  } catch (error) {
    if (given?.aborted) throw thrown(failureOf(0, { code: 'CANCELLED', message: String(error) }));
    if (deadline.aborted) throw thrown(silent(timeoutMs));
    contact.value = { ...contact.peek(), lost: true };
    throw thrown(unreachable());
  }
}

const bodyOf = (body: unknown): string | null => (body === undefined ? null : JSON.stringify(body));

function headersOf(body: unknown): Record<string, string> {
  const held = token();
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(held === '' ? {} : { authorization: `Bearer ${held}` }),
  };
}

/** A failure that can be thrown: an Error with its fields. */
const thrown = (failure: Failure): Error & Failure => Object.assign(new Error(failure.message), failure);

const silent = (timeoutMs: number): Failure => ({
  code: 'TIMEOUT',
  message: `Elava did not answer within ${timeoutMs / 1000} s.`,
  next: 'Narrow the question with a filter, or look at the System page for what is slow.',
  status: 0,
});
/** Whether the server answers at all; for who could not get a file of the page. */
export const reachable = (): Promise<boolean> =>
  fetch('/healthz', { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
export const unreachable = (): Failure => ({
  code: 'UNREACHABLE',
  message: 'Elava does not answer.',
  next: 'Check that "elava serve" runs and that you can reach it. This page tries again by itself.',
  status: 0,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOf(status: number, body: unknown): Failure {
  const { code, message, next, detail } = (body ?? {}) as Partial<Record<string, unknown>>;
  return {
    code: typeof code === 'string' ? code : `HTTP_${status}`,
    message: typeof message === 'string' ? message : typeof detail === 'string' ? detail : `The answer was ${status}.`,
    next: typeof next === 'string' ? next : '',
    status,
  };
}
