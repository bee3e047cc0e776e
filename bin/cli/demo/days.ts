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
import { traffic } from './traffic.ts';

const silent = { update() {}, end() {} };
const breakMs = 20_000;
const driftOfAMoment = 3;
/** CloudTrail delivers within 15 minutes or so: who looks earlier learns only guesses of who did it. */
export const trailLagMs = 30 * 60_000;

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
    await aws.advance({ ms: dayMs - trailLagMs });
    await aws.drift({ count: drift });
    await aws.advance({ ms: trailLagMs });
    clock.offset += dayMs;
    await quietScan(session);
  }
}

function quietScan({ broker, config }: Session) {
  return runScan(broker, { scope: {}, attribute: true, judge: config.policies.enabled, progress: silent });
}

/** Serves the dashboard until a signal; meanwhile the estate drifts and is scanned, so that there is something to see. */
export async function watched(session: Session, aws: ControlClient): Promise<void> {
  const { url } = await clientOf(gatewayContract, session.broker).address({});
  note(`The dashboard is at ${url} and the estate drifts on; Ctrl-C ends it.
Who opened a security group, and what would closing it break? In another terminal:
  npx elava changes --server ${url} --since 24h --type security_group
  npx elava timeline <its name> --server ${url}
  npx elava relations <its name> --server ${url}`);
  const stop = new AbortController();
  const asking = traffic(url, stop.signal);
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]).then(() => stop.abort());
  while (!stop.signal.aborted) {
    await Promise.race([wait(breakMs, undefined, { signal: stop.signal }).catch(() => undefined), stopped]);
    if (stop.signal.aborted) break;
    try {
      await aws.drift({ count: driftOfAMoment });
      await quietScan(session);
    } catch (error) {
      note(`warning: a scan failed: ${messageOf(error)}`);
    }
  }
  await asking;
}
