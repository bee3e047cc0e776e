/** The two instants of the slider: what is shown at once, what is asked a moment later, and what the address keeps. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { now } from '../../base/pulse.ts';
import { place, setQuery } from '../../base/router.ts';

export interface Span {
  readonly word: '24h' | '7d' | '30d';
  readonly ms: number;
  readonly step: 'hour' | 'day';
  /** Of the slider, in milliseconds. */
  readonly grain: number;
}
const HOUR = 3_600_000;
const MINUTE = 60_000;
const spans: readonly Span[] = [
  { word: '24h', ms: 24 * HOUR, step: 'hour', grain: 5 * MINUTE },
  { word: '7d', ms: 168 * HOUR, step: 'hour', grain: 30 * MINUTE },
  { word: '30d', ms: 720 * HOUR, step: 'day', grain: HOUR },
];
const SETTLE_MS = 60;
/** What costs the store most waits until the hand has really stopped: so long after what it moved was drawn. */
const REST_MS = 350;
const ADDRESS_MS = 400;

export const iso = (ms: number): string => new Date(ms).toISOString();

export const spanOf = (word: string | null): Span => spans.find((span) => span.word === word) ?? (spans[1] as Span);

export interface Instants {
  readonly from: number;
  readonly at: number;
}
export interface Held {
  readonly shown: Instants;
  /** What the page asks for: the shown ones, once they rest. */
  readonly settled: Instants;
  readonly isNow: boolean;
  readonly set: (change: Partial<Instants>) => void;
}

export function useInstants(span: Span): Held {
  const { query } = place.value;
  const given = { from: parsed(query.get('from')), at: parsed(query.get('at')) };
  // Held by the minute: the present goes on, and a question a second would ask too much.
  const present = Math.floor(now.value / MINUTE) * MINUTE;
  const [moved, setMoved] = useState<Partial<Instants>>({});
  useEffect(() => setMoved({}), [given.from, given.at, span.word]);
  const at = Math.min(present, moved.at ?? given.at ?? present);
  const from = Math.min(at, moved.from ?? given.from ?? Math.max(present - span.ms, at - 24 * HOUR));
  const shown = useMemo(() => ({ from, at }), [from, at]);
  const settled = useSettled(shown, SETTLE_MS);
  const timer = useRef<number | undefined>(undefined);
  return {
    shown,
    settled,
    isNow: at >= present,
    set(change) {
      const next = { ...moved, ...change };
      setMoved(next);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setQuery(wordsOf({ from, at, ...next }, present)), ADDRESS_MS);
    },
  };
}

/** The last of the instants at which the hand rested, after what was asked of them had been drawn. */
export const useRested = (instants: Instants, drawn: boolean): Instants => useSettled(instants, REST_MS, drawn);

/** The present is no instant: a shared link to "now" stays now. */
function wordsOf({ from, at }: Instants, present: number): Record<string, string | undefined> {
  return { from: iso(from), at: at >= present ? undefined : iso(at) };
}

function parsed(text: string | null): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The value that was the last to stay for so long; while `when` is false none does. */
function useSettled(value: Instants, ms: number, when = true): Instants {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (!when) return undefined;
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, when]);
  return settled;
}
