/**
 * A live stream of the gateway over a WebSocket: opened with a ticket (a browser cannot send a header with it), opened
 * anew after a break, each time a little later, and resumed where one tenant's numbers allow it.
 */
import { post, token } from './api.ts';

export type StreamState = 'connecting' | 'open' | 'broken' | 'refused';
export interface StreamOptions {
  readonly path: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly onMessage: (message: Readonly<Record<string, unknown>>) => void;
  readonly onState: (state: StreamState) => void;
}

const WAITS_MS = [500, 1000, 2000, 5000, 10_000] as const;

/** Until the returned function is called. */
export function openStream({ path, values = {}, onMessage, onState }: StreamOptions): () => void {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let breaks = 0;
  let closed = false;

  async function open(): Promise<void> {
    onState('connecting');
    const url = await addressOf(path, values).catch(() => undefined);
    if (closed) return;
    if (url === undefined) {
      onState('refused');
      again();
      return;
    }
    socket = new WebSocket(url);
    socket.onopen = () => {
      breaks = 0;
      onState('open');
    };
    socket.onmessage = ({ data }) => onMessage(JSON.parse(String(data)) as Readonly<Record<string, unknown>>);
    socket.onclose = () => {
      if (closed) return;
      onState('broken');
      again();
    };
  }

  function again(): void {
    const wait = WAITS_MS[Math.min(breaks, WAITS_MS.length - 1)] ?? 10_000;
    breaks += 1;
    timer = window.setTimeout(() => void open(), wait);
  }

  void open();
  return () => {
    closed = true;
    window.clearTimeout(timer);
    socket?.close();
  };
}

/** Rejects when the ticket is refused. */
async function addressOf(path: string, values: Readonly<Record<string, string>>): Promise<string> {
  const query = new URLSearchParams(values);
  if (token() !== '') query.set('ticket', (await post<{ ticket: string }>('/api/tickets', {})).ticket);
  return `${location.origin.replace(/^http/, 'ws')}${path}?${query.toString()}`;
}
