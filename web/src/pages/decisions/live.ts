/** The live state of the page: messages wait for the next frame, so that 500 a second cost 60 drawings. */
import { signal } from '@preact/signals';
import { openStream, type StreamState } from '../../base/stream.ts';
import { KEPT, type Live, type Message, nothing, taken } from './decided.ts';

export const live = signal<Live>(nothing);
/** What comes is counted, but the list stays as it is. */
export const held = signal(false);

/** Listens until the returned function is called. Messages wait for the next frame, so 500 a second cost 60 drawings. */
export function listen(tenant: string): () => void {
  live.value = nothing;
  let waiting: Message[] = [];
  let frame = 0;
  let state: StreamState = 'connecting';
  const draw = (): void => {
    frame = 0;
    const some = waiting;
    waiting = [];
    live.value = { ...taken(live.peek(), some, held.peek()), state };
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
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
    cancelAnimationFrame(frame);
  };
}
