/**
 * OpenTelemetry: one trace from a unit to its decision, over calls, events, jobs and threads. Without an endpoint nothing is
 * registered, and what stands here costs a function call.
 */
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Context as TraceContext,
  trace,
} from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Context, Middleware } from 'moleculer';
import type { Config } from './config/schema.ts';
import { codeOf, messageOf } from './errors.ts';
import type { JobHeaders } from './jobs/message.ts';
import { maskText } from './mask.ts';
import type { SpanSender } from './tracing-provider.ts';

const TRACER = 'elava';

export interface Tracing {
  readonly middleware: Middleware;
  /** Of the queue: what a job takes along, and the span of its work. */
  readonly jobs: {
    readonly trace: () => Record<string, string>;
    readonly traced: (topic: string, head: JobHeaders, work: () => Promise<void>) => Promise<void>;
  };
  /** Loads what records and sends spans: only a process that is to trace pays for it. Until then none are recorded. */
  open(): Promise<void>;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** Undefined without an endpoint and without an exporter of the caller's. One a process: the context is the process's. */
export function tracingOf(
  settings: Config['tracing'],
  { node, exporter }: { readonly node: string; readonly exporter?: SpanExporter },
): Tracing | undefined {
  if (settings.endpoint === '' && !exporter) return undefined;
  let sender: SpanSender | undefined;
  return {
    middleware: tracingMiddleware,
    jobs: {
      trace: () => inject({}),
      traced: (topic, { id, trace: carried }, work) =>
        context.with(extract(carried), () =>
          withSpan(`job ${topic}`, { 'elava.topic': topic, 'elava.job': id }, work, SpanKind.CONSUMER),
        ),
    },
    async open() {
      const { sendSpans } = await import('./tracing-provider.ts');
      sender = sendSpans(settings, { node, exporter });
    },
    async close() {
      await sender?.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** Runs work in a span of the current trace; what it throws is noted there by its code. */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return trace.getTracer(TRACER).startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: maskText(messageOf(error)).slice(0, 300) });
      span.setAttribute('error.type', codeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

function inject(carrier: Record<string, string>): Record<string, string> {
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** What was carried, or where nothing was: what goes on here. */
function extract(carried: Readonly<Record<string, unknown>> | undefined): TraceContext {
  return carried?.traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, carried);
}

type Options = { readonly headers?: Record<string, string> } | undefined;
type Send = (name: string, params: unknown, options?: Options) => Promise<unknown>;
type Handle = (ctx: Context) => Promise<unknown>;

function carrying(next: Send): Send {
  return (name, params, options) => next(name, params, { ...options, headers: inject({ ...options?.headers }) });
}

function headersOf(ctx: Context): Record<string, unknown> | undefined {
  return (ctx as { headers?: Record<string, unknown> }).headers;
}

const tracingMiddleware = {
  name: 'Tracing',
  call(next: Send): Send {
    const send = carrying(next);
    return (name, params, options) =>
      name.startsWith('$')
        ? next(name, params, options)
        : withSpan(`call ${name}`, { 'rpc.method': name }, () => send(name, params, options), SpanKind.CLIENT);
  },
  emit: carrying,
  broadcast: carrying,
  localAction(next: Handle, { name }: { name: string }): Handle {
    if (name.startsWith('$')) return next;
    return (ctx) =>
      context.with(extract(headersOf(ctx)), () =>
        withSpan(name, { 'rpc.method': name, 'elava.caller': ctx.caller ?? '' }, () => next(ctx), SpanKind.SERVER),
      );
  },
  localEvent(next: Handle, event: { name?: string }): Handle {
    return (ctx) =>
      context.with(extract(headersOf(ctx)), () =>
        withSpan(`event ${event.name ?? ''}`, {}, () => next(ctx), SpanKind.CONSUMER),
      );
  },
} as unknown as Middleware;
