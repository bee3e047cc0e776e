/** What a run with trouble comes to: whether the store says of the world what there is. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Estate } from '../../scripts/cluster-client.ts';
import type { ScanReport } from '../../services/orchestrator/orchestrator.contract.ts';

const quietMs = 300_000;

/** Scans everything once more, with nobody dying, and again to see that nothing is left to write. */
export async function settle(estate: Estate): Promise<{ left: number; incomplete: number }> {
  let left = 0;
  let incomplete = 0;
  for (let round = 0; round < 2; round += 1) {
    const { total, units } = await scanned(estate);
    left = units.reduce((sum, unit) => sum + unit.changed + unit.gone, 0);
    incomplete = total - units.filter(({ state }) => state === 'complete').length;
  }
  return { left, incomplete };
}

/** Only who planned a scan knows of it: where that one lost the lead, as a busy machine lets it, the scan is begun again. */
async function scanned({ orchestrator }: Estate): Promise<ScanReport> {
  const until = performance.now() + quietMs;
  for (;;) {
    try {
      // What is due by the clock would only stand in the way.
      await orchestrator.stop({});
      const { scan } = await orchestrator.scan({});
      for (;;) {
        const report = await orchestrator.report({ scan, wait: 5000 });
        if (report.state === 'done' || performance.now() > until) return report;
        if (report.state === 'cancelled') break;
      }
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await pause(500);
  }
}

export async function stored({ history }: Estate): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await history.resources({ limit: 500, ...(after === undefined ? {} : { after }) });
    ids.push(...page.resources.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}
