/** Writes an answer: its headers, then its rows as they come, compressed when they are asked for so. */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type EngineError, sentenceOf, statusOf } from './errors.ts';
import type { Question } from './request.ts';

/** Answers up to this size are held back until they are whole, so that what fails half-way is an error and not a torn answer. */
const HELD_BYTES = 4 << 20;

export interface Rows {
  readonly stream: Readable;
  readonly contentType: string;
  readonly format: string;
}

function headersOf(id: string): Record<string, string> {
  return {
    'X-ClickHouse-Server-Display-Name': 'elava-store',
    'X-ClickHouse-Query-Id': id,
    'X-ClickHouse-Timezone': 'UTC',
  };
}

/** Rejects with what went wrong before the first byte was sent; later the connection is torn, as ClickHouse does. */
export async function answerRows(response: ServerResponse, { id, gzip }: Question, rows: Rows): Promise<void> {
  const held: Buffer[] = [];
  let size = 0;
  const chunks = rows.stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let next = await chunks.next();
  while (!next.done && size < HELD_BYTES) {
    held.push(next.value);
    size += next.value.length;
    next = await chunks.next();
  }
  const rest = next;
  async function* all(): AsyncGenerator<Buffer> {
    yield* held.splice(0);
    for (let chunk = rest; !chunk.done; chunk = await chunks.next()) yield chunk.value;
  }
  response.writeHead(200, {
    ...headersOf(id),
    'Content-Type': rows.contentType,
    'X-ClickHouse-Format': rows.format,
    'X-ClickHouse-Summary': '{}',
    ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  try {
    if (gzip) await pipeline(all(), createGzip({ level: 3 }), response);
    else await pipeline(all(), response);
  } catch {
    response.destroy();
  }
}

export function answerDone(response: ServerResponse, id: string, summary: object): void {
  response.writeHead(200, { ...headersOf(id), 'X-ClickHouse-Summary': JSON.stringify(summary) }).end();
}

export function answerError(response: ServerResponse, id: string, told: EngineError & { version: string }): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response
    .writeHead(statusOf(told.number), {
      ...headersOf(id),
      'Content-Type': 'text/plain; charset=UTF-8',
      'X-ClickHouse-Exception-Code': String(told.number),
      // What is left of a body that nobody reads would be taken for the next request.
      Connection: 'close',
    })
    .end(sentenceOf(told, told.version));
}
