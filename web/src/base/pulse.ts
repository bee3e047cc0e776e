/** Asks the gateway now and then whether the store has moved on; what is shown live follows it. */
import { signal } from '@preact/signals';
import { contact, get } from './api.ts';

const EVERY_MS = 5000;
const AFTER_FAILURE_MS = [1000, 2000, 5000, 10_000] as const;

/** Revision of the store, "" before the first answer. */
export const revision = signal('');
/** How often the store was seen to move on: what it holds when the page begins is no move. */
export const moves = signal(0);
/** The present time in milliseconds, once a second while the page is seen. */
export const now = signal(Date.now());
/** The reader stopped the page from following the store. */
export const paused = signal(false);

interface Health {
  readonly revision?: string;
}

let failures = 0;
let timer: number | undefined;

async function beat(): Promise<void> {
  timer = undefined;
  try {
    const health = await get<Health>('/readyz', {}, { timeoutMs: 10_000 });
    failures = 0;
    if (!paused.peek() && health.revision !== undefined) seen(health.revision);
  } catch {
    failures += 1;
    contact.value = { ...contact.peek(), lost: true };
  }
  plan();
}

function seen(newest: string): void {
  const before = revision.peek();
  if (newest === before) return;
  revision.value = newest;
  if (before !== '') moves.value += 1;
}

function plan(): void {
  if (timer !== undefined || document.hidden) return;
  const wait =
    failures === 0 ? EVERY_MS : (AFTER_FAILURE_MS[Math.min(failures, AFTER_FAILURE_MS.length) - 1] ?? EVERY_MS);
  timer = window.setTimeout(() => void beat(), wait);
}

/** A hidden page asks nothing; when it is seen again it asks at once. */
export function startPulse(): void {
  void beat();
  window.setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 1000);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    now.value = Date.now();
    window.clearTimeout(timer);
    timer = undefined;
    void beat();
  });
}

/** Asks now instead of at the next turn. */
export function askNow(): void {
  window.clearTimeout(timer);
  timer = undefined;
  void beat();
}
