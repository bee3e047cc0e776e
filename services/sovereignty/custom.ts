/** `enforcementAction: custom`: each new violation goes to the configured webhook, and to a Moleculer action. */
import { createHmac, randomUUID } from 'node:crypto';
import type { ServiceBroker } from 'moleculer';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Violation } from './sovereignty.contract.ts';

export interface CustomSettings {
  readonly url: string;
  readonly secret: string;
  readonly action: string;
}

const TIMEOUT_MS = 10_000;
/** In one request: a policy that is new on a busy namespace finds thousands. */
const MAX_BATCH = 500;

export class CustomHandler {
  readonly #settings: CustomSettings;
  readonly #broker: Pick<ServiceBroker, 'call'>;
  readonly #log: Logger;

  constructor(settings: CustomSettings, broker: Pick<ServiceBroker, 'call'>, log: Logger) {
    this.#settings = settings;
    this.#broker = broker;
    this.#log = log;
  }

  /** Gives those that no handler took: they are handed over again at the next scan. */
  async handle(violations: readonly Violation[]): Promise<readonly Violation[]> {
    const batch = violations.filter(({ action }) => action === 'custom').slice(0, MAX_BATCH);
    if (batch.length === 0) return [];
    try {
      if (this.#settings.url !== '') await this.#post(batch);
      if (this.#settings.action !== '') await this.#call(batch);
      return [];
    } catch (error) {
      this.#log.warn(
        { code: codeOf(error), reason: messageOf(error), violations: batch.length },
        'the custom handler failed',
      );
      return batch;
    }
  }

  async #call(violations: readonly Violation[]): Promise<void> {
    await this.#broker.call(this.#settings.action, { violations }, { timeout: TIMEOUT_MS, retries: 0 });
  }

  /** Signed as Standard Webhooks asks; the address is the administrator's, in the cluster or not. */
  async #post(violations: readonly Violation[]): Promise<void> {
    const { url, secret } = this.#settings;
    const id = `msg_${randomUUID()}`;
    const timestamp = `${Math.floor(Date.now() / 1000)}`;
    const body = JSON.stringify({ type: 'sovereignty.violations', data: { violations } });
    const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(secret === '' ? {} : { 'webhook-signature': `v1,${signature}` }),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    await response.body?.cancel();
    if (!response.ok) throw elavaError('CHANNEL_REFUSED', `the custom webhook answers ${response.status}`);
  }
}
