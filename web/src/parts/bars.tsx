/** Counts as lengths. */
import type { ComponentChildren } from 'preact';
import { count, share } from '../base/format.ts';

export interface Bar {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly value: number;
  readonly note?: ComponentChildren;
  readonly href?: string;
  readonly tone?: string;
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly caption: string;
  /** The length under the words, for long words in narrow places. */
  readonly stacked?: boolean;
}

export function Bars({ bars, caption, stacked = false }: BarsProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul class={stacked ? 'bars stacked' : 'bars'} aria-label={caption}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <BarRow bar={bar} part={bar.value / most} />
        </li>
      ))}
    </ul>
  );
}

function BarRow({ bar, part }: { readonly bar: Bar; readonly part: number }) {
  const inside = (
    <>
      <span class="bar-label">{bar.label}</span>
      <span class="bar-track" aria-hidden="true">
        <span
          class={`bar-fill ${bar.tone ?? ''}`}
          style={{ width: `${Math.max(part * 100, bar.value > 0 ? 1 : 0)}%` }}
        />
      </span>
      <span class="bar-value">{count(bar.value)}</span>
      {bar.note !== undefined && <span class="bar-note">{bar.note}</span>}
    </>
  );
  return bar.href === undefined ? (
    <span class="bar">{inside}</span>
  ) : (
    <a class="bar" href={bar.href}>
      {inside}
    </a>
  );
}

export interface Part {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly tone: string;
  readonly href?: string;
}

/** One bar made of parts, with a legend that carries the numbers. */
export function Stack({ parts, caption }: { readonly parts: readonly Part[]; readonly caption: string }) {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  return (
    <div class="stack" role="group" aria-label={caption}>
      <div class="stack-bar" aria-hidden="true">
        {parts
          .filter(({ value }) => value > 0)
          .map(({ key, value, tone }) => (
            <span key={key} class={tone} style={{ flexGrow: value }} />
          ))}
      </div>
      <ul class="legend">
        {parts.map((part) => (
          <li key={part.key}>
            <LegendEntry part={part} total={total} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function LegendEntry({ part: { label, value, tone, href }, total }: { readonly part: Part; readonly total: number }) {
  const inside = (
    <>
      <span class={`dot ${tone}`} aria-hidden="true" />
      {label} <b>{count(value)}</b> <span class="muted">{share(value, total)}</span>
    </>
  );
  return href === undefined ? <span>{inside}</span> : <a href={href}>{inside}</a>;
}
