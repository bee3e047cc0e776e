/** How long decisions took, as uPlot bars on a scale of steps. The library is loaded with this page only. */
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { count } from '../../base/format.ts';
import { theme } from '../../shell/theme.ts';
import { bounds } from './decided.ts';

const HEIGHT = 168;
const labels = bounds.map((bound) =>
  bound === Number.POSITIVE_INFINITY ? 'more' : bound < 1000 ? `${bound} µs` : `${bound / 1000} ms`,
);

export function Latency({ counts }: { readonly counts: readonly number[] }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const shade = theme.value;
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new UPlot(optionsFor(element), dataOf(counts), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shade]);
  useEffect(() => plot.current?.setData(dataOf(counts)), [counts]);
  const total = counts.reduce((sum, n) => sum + n, 0);
  return (
    <>
      <div
        ref={box}
        class="plot"
        role="img"
        aria-label={`Histogram of ${count(total)} decisions; half took ${under(counts, 0.5)}, 99 % ${under(counts, 0.99)}`}
      />
      <p class="muted">
        {total === 0 ? 'Nothing to measure yet.' : `Half took ${under(counts, 0.5)}, 99 % ${under(counts, 0.99)}.`}
      </p>
    </>
  );
}

function under(counts: readonly number[], part: number): string {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let sum = 0;
  for (const [i, n] of counts.entries()) {
    sum += n;
    if (total > 0 && sum >= total * part) return labels[i] === 'more' ? 'more than 10 ms' : `at most ${labels[i]}`;
  }
  return 'nothing yet';
}

const dataOf = (counts: readonly number[]): [number[], number[]] => [counts.map((_, i) => i), [...counts]];

function optionsFor(element: HTMLElement): UPlot.Options {
  const colour = (name: string): string => getComputedStyle(element).getPropertyValue(name);
  const resolved = (name: string): string => {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found || colour(name);
  };
  const [muted, line, accent] = [resolved('--muted'), resolved('--line'), resolved('--accent')];
  const font = `11px ${colour('--font')}`;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-0.6, bounds.length - 0.4] },
      y: { range: (_, __, most) => [0, Math.max(1, most)] },
    },
    axes: [
      {
        stroke: muted,
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        splits: () => [0, 3, 6, 9],
        values: (_, at) => at.map((i) => labels[i] ?? ''),
      },
      {
        stroke: muted,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        size: 44,
        values: (_, at) => at.map((n) => (Number.isInteger(n) ? count(n) : '')),
      },
    ],
    series: [
      {},
      {
        stroke: accent,
        fill: accent,
        paths: UPlot.paths.bars?.({ size: [0.8, 60] }) ?? undefined,
        points: { show: false },
      },
    ] as UPlot.Series[],
  };
}
