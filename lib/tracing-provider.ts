/** Records spans and sends them to a collector: all of OpenTelemetry that is heavy, loaded where spans are wanted only. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Config } from './config/schema.ts';
import { version } from './version.ts';

/** Spans that wait to be sent; more are dropped, for work never waits for a trace. */
const MAX_WAITING = 4096;

export interface SpanSender {
  /** Sends what waits. */
  shutdown(): Promise<void>;
}

/** Registers itself with the process's context. Spans go to `exporter`, or to the endpoint over OTLP. */
export function sendSpans(
  { endpoint, ratio, service }: Config['tracing'],
  { node, exporter }: { readonly node: string; readonly exporter: SpanExporter | undefined },
): SpanSender {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': node,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor(exporter ?? new OTLPTraceExporter({ url: endpoint }), { maxQueueSize: MAX_WAITING }),
    ],
  });
  provider.register();
  return provider;
}
