/** The log: one JSON object a line on stderr, secrets masked before anything is written. */
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { prettyLines } from './log-pretty.ts';
import { mask } from './mask.ts';

export type Logger = PinoLogger;

export interface LogOptions {
  /** trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  /** For people at a terminal instead of JSON. */
  readonly pretty?: boolean;
  /** Where lines go; stderr when absent. */
  readonly destination?: DestinationStream;
  /** Told of every line that was dropped because nobody reads stderr. */
  readonly onDrop?: () => void;
}

/** Half a minute of a busy process. What does not fit is dropped: work never waits for a log. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/**
 * A pino logger whose objects, messages, arguments and child bindings all pass mask(). An Error under any key becomes
 * name, message, code, stack and cause. Levels are written as words, times as ISO 8601.
 */
export function createLogger({ level, pretty = false, destination, onDrop }: LogOptions): Logger {
  const out = destination ?? stderr(onDrop);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, masked(args));
        },
      },
    },
    pretty ? prettyLines(out) : out,
  );
  return maskBindings(logger);
}

type Child = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;

/** pino's own `formatters.bindings` is not called for a child's; children inherit these two from the root. */
function maskBindings(logger: Logger): Logger {
  const plain = Object.getPrototypeOf(logger) as { child: Child; setBindings: Logger['setBindings'] };
  return Object.assign(logger, {
    child(this: Logger, bindings: Bindings, options?: ChildLoggerOptions) {
      return plain.child.call(this, mask(bindings), options);
    },
    setBindings(this: Logger, bindings: Bindings) {
      plain.setBindings.call(this, mask(bindings));
    },
  });
}

/** Depth 8: a log line is read by people, and a value that refers to half the heap must not stop the process. */
function masked<T extends readonly unknown[]>(args: T): T {
  const [first, ...rest] = args;
  const object = first instanceof Error ? { error: first } : first;
  const words = first instanceof Error && rest.length === 0 ? [first.message] : rest;
  return [object, ...words].map((arg) => mask(arg, { maxDepth: 8 })) as unknown as T;
}

function stderr(onDrop: (() => void) | undefined): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: false, maxLength: MAX_BUFFERED_BYTES });
  if (onDrop) stream.on('drop', onDrop);
  return stream;
}
