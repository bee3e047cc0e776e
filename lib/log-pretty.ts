/** Log lines for people: time, level, message, then the fields as key=value. */
import type { DestinationStream } from 'pino';

/** Wraps a destination; a line that is no JSON object passes as it is. */
export function prettyLines(out: DestinationStream): DestinationStream {
  return { write: (line) => out.write(prettyLine(line)) };
}

/** '{"level":"warn","time":"2026-11-20T12:00:00.000Z","msg":"slow","ms":12}' is "12:00:00.000 WARN  slow ms=12". */
export function prettyLine(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const { level, time, msg, error, ...fields } = entry;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${text(value)}`);
  const head = [String(time).slice(11, 23), String(level).toUpperCase().padEnd(5), text(msg ?? ''), ...pairs];
  return `${head.join(' ')}${error === undefined ? '' : `\n  ${errorText(error)}`}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A text from outside could forge lines or drive the terminal: control characters are shown, not sent. */
function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  return plain.replace(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function errorText(error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: unknown };
  const whole = typeof stack === 'string' ? stack : JSON.stringify(error);
  return whole.split('\n').map(text).join('\n  ');
}
