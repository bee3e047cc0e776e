/** Counts over time as stacked columns; the pointer tells what a column holds. */
import { useState } from 'preact/hooks';
import { count, dayOf, momentOf } from '../base/format.ts';

export interface ColumnStack {
  readonly key: string;
  readonly label: string;
  readonly tone: string;
  readonly values: readonly number[];
}
interface ColumnsProps {
  readonly at: readonly string[];
  readonly stacks: readonly ColumnStack[];
  readonly height?: number;
  readonly caption: string;
  /** A column was chosen by the pointer: its index. */
  readonly onPick?: (index: number) => void;
}

export function Columns({ at, stacks, height = 132, caption, onPick }: ColumnsProps) {
  const [over, setOver] = useState(-1);
  const totals = at.map((_, i) => stacks.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const indexOf = (event: PointerEvent | MouseEvent): number => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    return Math.min(at.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * at.length)));
  };
  const sum = totals.reduce((all, n) => all + n, 0);
  return (
    <figure class="columns-chart">
      <svg
        role="img"
        aria-label={`${caption}: ${count(sum)} in all, ${count(most)} at most in one column`}
        class={onPick ? 'picks' : ''}
        width="100%"
        height={height}
        onPointerMove={(event) => setOver(indexOf(event))}
        onPointerLeave={() => setOver(-1)}
        onClick={(event) => onPick?.(indexOf(event))}
      >
        {at.map((instant, i) => (
          <ColumnBar
            key={instant}
            index={i}
            of={at.length}
            stacks={stacks}
            scale={(height - 4) / most}
            height={height}
            lit={i === over}
          />
        ))}
      </svg>
      <figcaption class="axis" aria-hidden="true">
        <span>{dayOf(at[0] ?? '')}</span>
        <span>{dayOf(at[Math.floor(at.length / 2)] ?? '')}</span>
        <span>{dayOf(at.at(-1) ?? '')}</span>
      </figcaption>
      {over >= 0 && (
        <div class={over > at.length / 2 ? 'tip left' : 'tip'} style={{ left: `${((over + 0.5) / at.length) * 100}%` }}>
          <b>{momentOf(at[over] ?? '')} UTC</b>
          {stacks.map(({ key, label, tone, values }) => (
            <span key={key}>
              <span class={`dot ${tone}`} /> {label} <b>{count(values[over] ?? 0)}</b>
            </span>
          ))}
        </div>
      )}
    </figure>
  );
}

interface ColumnBarProps {
  readonly index: number;
  readonly of: number;
  readonly stacks: readonly ColumnStack[];
  readonly scale: number;
  readonly height: number;
  readonly lit: boolean;
}

function ColumnBar({ index, of, stacks, scale, height, lit }: ColumnBarProps) {
  const width = 100 / of;
  const gap = of > 60 ? 0.12 : 0.2;
  let top = height;
  return (
    <g class={lit ? 'lit' : ''}>
      <rect class="column-ground" x={`${index * width}%`} width={`${width}%`} y={0} height={height} />
      {stacks.map(({ key, tone, values }) => {
        const n = values[index] ?? 0;
        if (n === 0) return null;
        const size = Math.max(1.5, n * scale);
        top -= size;
        return (
          <rect
            key={key}
            class={`column ${tone}`}
            x={`${(index + gap / 2) * width}%`}
            width={`${width * (1 - gap)}%`}
            y={top}
            height={Math.max(1, size - 0.5)}
            rx={1}
          />
        );
      })}
    </g>
  );
}

/** A line with no axes: whether it rises or falls. */
export function Sparkline({ values, caption }: { readonly values: readonly number[]; readonly caption: string }) {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const points = values.map((n, i) => `${(i / (values.length - 1)) * 100},${26 - ((n - low) / span) * 22}`);
  return (
    <svg class="sparkline" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={caption}>
      <polyline points={points.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
