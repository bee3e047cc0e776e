/** What seed 002 shows: its request, and its client. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';

export const seedRequest = {
  input: {
    subject: { tenant_id: 'tenant_a', user_id: 'user_123' },
    action: 'read',
    resource: { type: 'sensor_data', region: 'EU' },
    environment: { time: '2025-10-16T14:30:00Z' },
  },
};

/** Runs the seed's own client, word for word, against another address; what it would print is collected. */
export function seedClient(ws: string): { readonly said: unknown[][]; close(): void } {
  const client = readFileSync(new URL('fixtures/002-client.txt', import.meta.url), 'utf8');
  const code = client.replace('ws://127.0.0.1:8181', ws);
  const said: unknown[][] = [];
  const sockets: WebSocket[] = [];
  class Watched extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const console = { log: (...words: unknown[]) => said.push(words) };
  runInNewContext(code, { WebSocket: Watched, console });
  return { said, close: () => sockets.forEach((socket) => socket.close()) };
}
