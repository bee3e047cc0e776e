import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux gives by itself: what connects, or listens on whatever port, takes none of these meanwhile. */
const [LEAST, MOST] = [15_000, 32_000];
const ATTEMPTS = 100;
const given = new Set<number>();

/** A port of loopback, free when it was asked for: whoever takes it in between makes its user fail to start, not to lie. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LEAST + Math.floor(Math.random() * (MOST - LEAST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
