/** What a channel is: it makes a request of a notice. Sending, retries and safety are the same for all. */
import type { Notice } from './notifier.contract.ts';

export interface ChannelSettings {
  readonly type: 'webhook' | 'slack' | 'pagerduty';
  readonly url: string;
  readonly secret: string;
  readonly severities: readonly string[];
}
export interface Message {
  /** Of the delivery: the same at every attempt, so that the other end can drop a second one. */
  readonly id: string;
  readonly notice: Notice;
  /** Of this attempt. */
  readonly at: Date;
}
export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface Channel {
  /** Says what is wrong with the settings, or undefined. */
  check(settings: ChannelSettings): string | undefined;
  request(message: Message, settings: ChannelSettings): Request;
}
