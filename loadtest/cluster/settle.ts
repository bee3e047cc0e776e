/** What a run with trouble comes to: whether the store says of the world what there is. */
import type { Estate } from '../../scripts/cluster-client.ts';

const quietMs = 120_000;

/** Scans everything once more, with nobody dying, and again to see that nothing is left to write. */
export async function settle({ orchestrator }: Estate): Promise<{ left: number; incomplete: number }> {
  // What is due by the clock would only stand in the way.
  await orchestrator.stop({});
  let left = 0;
  let incomplete = 0;
  for (let round = 0; round < 2; round += 1) {
    const { scan } = await orchestrator.scan({});
    const until = performance.now() + quietMs;
    for (;;) {
      const report = await orchestrator.report({ scan, wait: 5000 });
      if (report.state !== 'running' || performance.now() > until) {
        left = report.units.reduce((sum, unit) => sum + unit.changed + unit.gone, 0);
        incomplete = report.total - report.units.filter(({ state }) => state === 'complete').length;
        break;
      }
    }
  }
  return { left, incomplete };
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
