import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { attributionContract } from './attribution.contract.ts';
import { Attributor } from './attributor.ts';
import { eventQueue } from './queue.ts';
import { readRecord } from './record.ts';
import { trailBucket } from './s3-trail.ts';
import { storedEvent } from './sources.ts';

const changed = eventOf(historyContract, 'changed');

export default defineService(
  attributionContract,
  ({ broker, runtime }) => {
    const { attribution } = runtime.config;
    const history = clientOf(historyContract, broker);
    const scanner = clientOf(scannerContract, broker);
    const attributor = new Attributor({
      runtime,
      history,
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
          const { stored } = await history.trail({ events: read.map(storedEvent) });
          attributor.wake();
          return { stored, refused: records.length - stored };
        },
      },
      events: { 'history.changed': () => attributor.wake() },
      stop: () => attributor.close(),
    };
  },
  { needs: [historyContract, scannerContract], hears: [changed] },
);
