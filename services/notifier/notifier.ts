/** Takes notices, drops repetitions, and delivers the rest to each channel that wants them. */
import { randomUUID } from 'node:crypto';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { Jobs, Worker } from '../../lib/jobs.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import type { ChannelSettings, Request } from './channel.ts';
import { channels } from './channels/index.ts';
import type { DigestEntry } from './digest.schema.ts';
import { Ledger } from './ledger.ts';
import { sendMail } from './mail.ts';
import type { Delivery, Notice } from './notifier.contract.ts';
import { type OwnerRoute, type Target, targetsOf } from './routes.ts';
import { type SendOptions, send } from './send.ts';

export interface NotifierSettings {
  readonly channels: Readonly<Record<string, ChannelSettings>>;
  readonly allow_private: boolean;
  readonly timeout: number;
  readonly attempts: number;
  readonly dedupe: number;
  readonly owners: readonly OwnerRoute[];
  /** What a link's token follows; "" when there is no such page. */
  readonly answers: string;
}
export interface NotifierOptions {
  readonly settings: NotifierSettings;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'notices' | 'alerts'>;
  readonly onEnd: (delivery: Delivery) => void;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly retryMs?: number;
}
interface Job {
  readonly delivery: Delivery;
  readonly notice: Notice;
}

const TOPIC = 'notifier.deliver';
const MAX_KEYS = 5000;

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #ledger = new Ledger();
  /** When a state of a key was last sent: "raised" and "resolved" are not repetitions of each other. */
  readonly #sent = new Map<string, { readonly state: string; readonly at: number }>();
  readonly #stop = new AbortController();
  #worker: Worker | undefined;

  /** Errors: CONFIG_INVALID names the channel. */
  constructor(options: NotifierOptions) {
    this.#options = options;
    for (const [name, settings] of Object.entries(options.settings.channels)) {
      const fault = channels[settings.type].check(settings);
      if (fault !== undefined) throw elavaError('CONFIG_INVALID', `notifier.channels.${name}: ${fault}`);
    }
  }

  start(): void {
    const { jobs, settings } = this.#options;
    const longest = settings.attempts * settings.timeout + this.#retryMs * 2 ** settings.attempts;
    const options = { concurrency: 4, attempts: 1, deadlineMs: longest };
    this.#worker = jobs.work<Job>(TOPIC, options, async (job, { signal }) => await this.#deliver(job, signal));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#worker?.close();
  }

  /** Resolves when every channel that wants the notice has it in its queue. */
  async notify(notice: Notice): Promise<{ repeated: boolean; deliveries: string[] }> {
    if (this.#isRepeated(notice)) {
      this.#options.metrics.notices.inc({ channel: '', severity: notice.severity, outcome: 'repeated' });
      return { repeated: true, deliveries: [] };
    }
    const wanting = Object.entries(this.#options.settings.channels).filter(([, { severities }]) =>
      severities.includes(notice.severity),
    );
    const deliveries: string[] = [];
    for (const [channel] of wanting) deliveries.push(await this.#queue(channel, notice));
    return { repeated: false, deliveries };
  }

  deliveries(filter: { key?: string | undefined; limit?: number | undefined }): Delivery[] {
    return this.#ledger.latest(filter);
  }

  #isRepeated({ key, source, severity, resolved = false }: Notice): boolean {
    const now = this.#options.clock.now();
    const state = resolved ? 'resolved' : severity;
    const before = this.#sent.get(key);
    const recent = before !== undefined && now - before.at < this.#options.settings.dedupe;
    if (before?.state === state && (recent || resolved)) return true;
    this.#gauge(source, before?.state, state);
    this.#remember(key, { state, at: now });
    return false;
  }

  #remember(key: string, sent: { readonly state: string; readonly at: number }): void {
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    const oldest = this.#sent.keys().next().value;
    if (this.#sent.size > MAX_KEYS && oldest !== undefined) this.#sent.delete(oldest);
  }

  #gauge(source: string, before: string | undefined, state: string): void {
    const { metrics } = this.#options;
    if (before !== undefined && before !== 'resolved') metrics.alerts.dec({ source, severity: before });
    if (state !== 'resolved') metrics.alerts.inc({ source, severity: state });
  }

  async #queue(channel: string, notice: Notice): Promise<string> {
    const delivery: Delivery = {
      id: `msg_${randomUUID()}`,
      channel,
      key: notice.key,
      severity: notice.severity,
      title: notice.title,
      resolved: notice.resolved ?? false,
      state: 'waiting',
      attempts: 0,
      error: '',
      at: new Date(this.#options.clock.now()).toISOString(),
    };
    this.#ledger.put(delivery);
    await this.#options.jobs.publish(TOPIC, { delivery, notice } satisfies Job, { id: delivery.id });
    return delivery.id;
  }

  async #deliver({ delivery, notice }: Job, signal: AbortSignal): Promise<void> {
    const { settings, log, metrics, onEnd } = this.#options;
    let last = delivery;
    for (let attempt = 1; attempt <= settings.attempts && last.state === 'waiting'; attempt += 1) {
      if (attempt > 1) await sleep(this.#retryMs * 2 ** (attempt - 2), AbortSignal.any([signal, this.#stop.signal]));
      last = await this.#attempt(last, notice, signal);
      this.#ledger.put(last);
    }
    if (last.state === 'waiting') last = { ...last, state: 'failed' };
    this.#ledger.put(last);
    metrics.notices.inc({ channel: last.channel, severity: last.severity, outcome: last.state });
    if (last.state === 'failed')
      log.error({ channel: last.channel, key: last.key, error: last.error }, 'notice not delivered');
    onEnd(last);
  }

  async #attempt(delivery: Delivery, notice: Notice, signal: AbortSignal): Promise<Delivery> {
    const { settings, clock } = this.#options;
    const channel = settings.channels[delivery.channel];
    const attempts = delivery.attempts + 1;
    if (!channel) return { ...delivery, state: 'failed', error: 'CHANNEL_UNKNOWN' };
    const at = new Date(clock.now());
    try {
      const request = channels[channel.type].request({ id: delivery.id, notice, at }, channel);
      await this.#send(request, channel, signal);
      return { ...delivery, attempts, state: 'delivered', error: '' };
    } catch (error) {
      const code = codeOf(error);
      const state = code === 'CHANNEL_UNREACHABLE' ? 'waiting' : 'failed';
      return { ...delivery, attempts, state, error: `${code}: ${messageOf(error)}` };
    }
  }

  /** Who is told what the owner is to know. */
  targets(owner: string): Target[] {
    const { owners: routes, channels: all } = this.#options.settings;
    return targetsOf(owner, { routes, channels: all });
  }

  /** Delivers a digest with its retries. Rejects with the last failure's code. */
  async digest({ channel: name, to }: Target, digest: { id: string; owner: string; entries: readonly DigestEntry[] }) {
    const { settings, clock } = this.#options;
    const channel = settings.channels[name];
    const make = channel && channels[channel.type].digest;
    if (!channel || !make) throw elavaError('CHANNEL_UNKNOWN', `channel ${name} takes no digests`);
    for (let attempt = 1; ; attempt += 1) {
      const request = make({ ...digest, answers: settings.answers, at: new Date(clock.now()) }, channel, to);
      try {
        return await this.#send(request, channel, this.#stop.signal);
      } catch (error) {
        if (codeOf(error) !== 'CHANNEL_UNREACHABLE' || attempt >= settings.attempts) throw error;
        await sleep(this.#retryMs * 2 ** (attempt - 1), this.#stop.signal);
      }
    }
  }

  async #send(request: Request, channel: ChannelSettings, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout)]);
    const options: SendOptions = { allowPrivate: settings.allow_private, signal: deadline };
    const { mail } = request;
    if (mail) await sendMail({ ...request, mail }, channel.secret, options);
    else await send(request, options);
  }

  get #retryMs(): number {
    return this.#options.retryMs ?? 1000;
  }
}
