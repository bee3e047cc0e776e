/** Two marks on one line. Native sliders: keys, touch and screen readers work as everywhere. */
import { momentOf } from '../../base/format.ts';
import type { Held, Instants, Span } from './instants.ts';

interface SliderProps {
  readonly span: Span;
  readonly instants: Held;
  readonly end: number;
}
const DAY_MS = 86_400_000;

export function Slider({ span, instants, end }: SliderProps) {
  const last = Math.floor(end / 60_000) * 60_000;
  const steps = Math.round(span.ms / span.grain);
  const toStep = (at: number): number => Math.max(0, steps - Math.round((last - at) / span.grain));
  const toInstant = (step: number): number => last - (steps - step) * span.grain;
  const { from, at } = instants.shown;
  const place = (name: keyof Instants, instant: number): void => {
    const held = Math.min(last, Math.max(last - span.ms, instant));
    if (name === 'from') instants.set({ from: Math.min(held, at) });
    else instants.set({ at: held, ...(held < from ? { from: held } : {}) });
  };
  const mark = (name: keyof Instants, label: string) => (
    <input
      type="range"
      class={`mark ${name}`}
      aria-label={label}
      aria-valuetext={`${momentOf(instants.shown[name])} UTC`}
      min={0}
      max={steps}
      value={toStep(instants.shown[name])}
      onInput={({ currentTarget }) => place(name, toInstant(Number(currentTarget.value)))}
      onKeyDown={(event) => {
        const way = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
        if (way === 0 || !event.shiftKey) return;
        event.preventDefault();
        place(name, instants.shown[name] + way * DAY_MS);
      }}
    />
  );
  const part = (instant: number): number => (toStep(instant) / steps) * 100;
  return (
    <div class="slider">
      <div class="slider-track" aria-hidden="true">
        <span style={{ left: `${part(from)}%`, right: `${100 - part(at)}%` }} />
      </div>
      {mark('from', 'The earlier instant')}
      {mark('at', 'The later instant')}
    </div>
  );
}
