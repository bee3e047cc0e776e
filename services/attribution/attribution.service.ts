import { announce, clientOf, defineService, eventOf, type Host } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { orchestratorContract } from '../orchestrator/orchestrator.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { attributionContract } from './attribution.contract.ts';
import { Attributor } from './attributor.ts';
import { eventQueue } from './queue.ts';
import { type AuditRecord, readRecord } from './record.ts';
import { Rescans } from './rescan.ts';
import { trailBucket } from './s3-trail.ts';
import { storedEvent } from './sources.ts';

const changed = eventOf(historyContract, 'changed');

export default defineService(
  attributionContract,
  ({ broker, runtime }) => {
    const rescans = rescansOf({ broker, runtime });
    const heard = (records: readonly AuditRecord[]): void => {
      if (runtime.config.attribution.rescan) rescans.hear(records);
    };
    const attributor = attributorOf({ broker, runtime }, heard);
    return {
      actions: {
        run: ({ filter, deadline }) =>
          attributor.run({ ...(filter && { filter }), deadlineMs: deadline ?? Number.MAX_SAFE_INTEGER }),
        loop: async ({ on }) => {
          if (on) attributor.start();
          return {};
        },
        async deliver({ records }) {
          const read = records.flatMap((body) => readRecord(body) ?? []);
          const { stored } = await clientOf(historyContract, broker).trail({ events: read.map(storedEvent) });
          attributor.wake();
          heard(read);
          return { stored, refused: records.length - stored };
        },
      },
      events: { 'history.changed': () => attributor.wake() },
      async stop() {
        await rescans.close();
        await attributor.close();
      },
    };
  },
  { needs: [historyContract, scannerContract], hears: [changed] },
);

function attributorOf({ broker, runtime }: Host, heard: (records: readonly AuditRecord[]) => void): Attributor {
  const { attribution } = runtime.config;
  const scanner = clientOf(scannerContract, broker);
  return new Attributor({
    heard,
    runtime,
    history: clientOf(historyContract, broker),
    ask: (question) => scanner.audit(question),
    lookup: attribution.cloudtrail,
    bucket: attribution.bucket === '' ? undefined : trailBucket(attribution),
    prefix: attribution.prefix,
    queue: attribution.queue === '' ? undefined : eventQueue(attribution.queue),
    lookbackMs: attribution.lookback,
    log: runtime.log,
    told: (change) => {
      announce(broker, attributionContract, 'attributed', change).catch(() => undefined);
    },
  });
}

function rescansOf({ broker, runtime: { log, clock } }: Host): Rescans {
  const [scanner, orchestrator] = [clientOf(scannerContract, broker), clientOf(orchestratorContract, broker)];
  return new Rescans({
    scan: (scope) => orchestrator.scan(scope),
    async reread(unit, ids) {
      const scan = `event-${new Date(clock.now()).toISOString()}`;
      return (await scanner.reread({ scan, unit, ids: [...ids] })).missing;
    },
    types: async () => (await scanner.types({})).types,
    log,
  });
}
