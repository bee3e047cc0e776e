/** Time that passes in the demo: days before the story's last one, and the present that goes on while one looks. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { clientOf } from '../../../lib/contract.ts';
import { messageOf } from '../../../lib/errors.ts';
import type { ControlClient } from '../../../loadtest/aws/server/control-client.ts';
import { gatewayContract } from '../../../services/gateway/gateway.contract.ts';
import { dayMs } from '../commands/demo.ts';
import { note } from '../output.ts';
import { runScan } from '../scan.ts';
import type { Session } from '../session.ts';

const silent = { update() {}, end() {} };
const breakMs = 20_000;
const driftOfAMoment = 3;

export interface QuietDays {
  readonly days: number;
  /** Resources that drift each day. */
  readonly drift: number;
  readonly clock: { offset: number };
}

/** Days on which this and that drifts, each with a scan, so that there is a past to go back to. */
export async function quietDays(
  session: Session,
  aws: ControlClient,
  { days, drift, clock }: QuietDays,
): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await aws.advance({ ms: dayMs });
    clock.offset += dayMs;
    await aws.drift({ count: drift });
    await quietScan(session);
  }
}

function quietScan({ broker, config }: Session) {
  return runScan(broker, { scope: {}, attribute: true, judge: config.policies.enabled, progress: silent });
}

/** Serves the dashboard until a signal; meanwhile the estate drifts and is scanned, so that there is something to see. */
export async function watched(session: Session, aws: ControlClient): Promise<void> {
  const { url } = await clientOf(gatewayContract, session.broker).address({});
  note(`The dashboard is at ${url} and the estate drifts on; Ctrl-C ends it.`);
  const stop = new AbortController();
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]).then(() => stop.abort());
  while (!stop.signal.aborted) {
    await Promise.race([wait(breakMs, undefined, { signal: stop.signal }).catch(() => undefined), stopped]);
    if (stop.signal.aborted) return;
    try {
      await aws.drift({ count: driftOfAMoment });
      await quietScan(session);
    } catch (error) {
      note(`warning: a scan failed: ${messageOf(error)}`);
    }
  }
}
