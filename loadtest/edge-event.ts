/** What telling one decision costs, beside the answer that it is of: all CPU from the record to the streams. */
import type { DecisionRecord } from '../lib/policy-event/record.ts';
import { Hub } from '../services/gateway/stream/hub.ts';
import { Teller } from '../services/tenants/teller.ts';
import { requestsFor } from './edge-setup.ts';
import type { Scenario } from './scenario.ts';

const events = 100_000;
/** Seed 004 allows a millisecond. */
const limitMicros = 1000;

export const scenario: Scenario = {
  name: 'edge.event',
  peer: null,
  target: 1,
  unit: 'µs of CPU an event',
  better: 'lower',
  async run({ rounds, scale }) {
    const count = Math.round(events * scale);
    const figures = { ours: [] as number[], peer: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const hub = new Hub({ maxBytes: 64 * 1024 * 1024 });
      const teller = new Teller({
        tell: async (records) => hub.publish(records),
        onEmit: () => undefined,
        onLost: () => undefined,
        onError: () => undefined,
        size: count,
      });
      const before = process.cpuUsage();
      const began = performance.now();
      for (let i = 0; i < count; i++) teller.emit(record);
      const path = ((performance.now() - began) * 1000) / count;
      while (hub.last('tenant_0') < count) await new Promise((go) => setTimeout(go, 5));
      const { user, system } = process.cpuUsage(before);
      await teller.close();
      process.stderr.write(`${path.toFixed(2)} µs of it on the path of the answer\n`);
      figures.ours.push((user + system) / count);
      figures.peer.push(limitMicros);
    }
    return figures;
  },
};

const [request] = requestsFor(1);
const { input } = JSON.parse(request?.body ?? '{}') as { input: unknown };
const value = { allow: true, redact: ['pii.email'], reason: 'Allowed by data residency policy' };

/** As services/tenants/asker.ts writes it. */
function record(): DecisionRecord {
  return {
    kind: 'decision',
    id: crypto.randomUUID(),
    tenant: 'tenant_0',
    at: new Date().toISOString(),
    path: 'tenants/tenant_0/allow',
    input: JSON.stringify(input),
    result: JSON.stringify(value),
    allowed: true,
    effect: 'allow',
    reason: value.reason,
    policy: '',
    rule: '',
    micros: 100,
    bundle: '',
    principal: 'development',
    correlation: '',
    error: '',
  };
}
