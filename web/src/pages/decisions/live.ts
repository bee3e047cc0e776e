/** The live state of the page: messages wait for the next drawing, so that 500 a second cost eight. */
import { signal } from '@preact/signals';
import { openStream, type StreamState } from '../../base/stream.ts';
import { KEPT, type Live, type Message, nothing, taken } from './decided.ts';

export const live = signal<Live>(nothing);
/** What comes is counted, but the list stays as it is. */
export const held = signal(false);

/** Between two drawings: more of them nobody reads, and each takes a processor that the page has to share. */
const DRAW_MS = 125;

/** Listens until the returned function is called. */
export function listen(tenant: string): () => void {
  live.value = nothing;
  let waiting: Message[] = [];
  let drawing = 0;
  let drawnAt = 0;
  let state: StreamState = 'connecting';
  const draw = (): void => {
    window.clearTimeout(drawing);
    drawing = 0;
    drawnAt = performance.now();
    const some = waiting;
    waiting = [];
    live.value = { ...taken(live.peek(), some, held.peek()), state };
  };
  const soon = (): void => {
    if (drawing === 0) drawing = window.setTimeout(draw, Math.max(0, drawnAt + DRAW_MS - performance.now()));
  };
  const close = openStream({
    path: '/v1/stream/decisions',
    values: tenant === '' ? {} : { tenant_id: tenant },
    onMessage: (message) => {
      waiting.push(message);
      // A hidden page draws no frames: what it cannot show it must not keep.
      if (waiting.length > KEPT * 4) draw();
      else soon();
    },
    onState: (next) => {
      state = next;
      soon();
    },
  });
  const timer = window.setInterval(() => {
    const { rate } = live.peek();
    live.value = { ...live.peek(), rate: [...rate.slice(1), 0] };
  }, 1000);
  return () => {
    close();
    window.clearInterval(timer);
    window.clearTimeout(drawing);
  };
}
