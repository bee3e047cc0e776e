/** A client of a stream, and what became of it. */
import { WebSocket } from 'ws';

export interface Listener {
  readonly socket: WebSocket;
  readonly messages: any[];
  readonly closed: Promise<number>;
}

export async function listen(url: string, headers: Record<string, string> = {}): Promise<Listener | number> {
  const socket = new WebSocket(url, { headers });
  const messages: any[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const refused = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
  const open = new Promise<Listener>((resolve) => socket.on('open', () => resolve({ socket, messages, closed })));
  return Promise.race([open, refused]);
}

/** Fails when the upgrade was refused. */
export function opened(found: Listener | number): Listener {
  if (typeof found === 'number') throw new Error(`refused with ${found}`);
  return found;
}
