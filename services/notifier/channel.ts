/** What a channel is: it makes a request of a notice. Sending, retries and safety are the same for all. */
import type { Digest } from './digest-text.ts';
import type { Notice } from './notifier.contract.ts';

export interface ChannelSettings {
  readonly type: 'webhook' | 'slack' | 'pagerduty' | 'email';
  readonly url: string;
  readonly secret: string;
  readonly severities: readonly string[];
  /** Gets what owners are told who have no route of their own. */
  readonly digest?: boolean;
  /** Of mail. */
  readonly from?: string;
  readonly to?: string;
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
  /** Set for mail, which is no HTTP: `url` then names the server. */
  readonly mail?: Mail;
}
export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
}
export interface Channel {
  /** Says what is wrong with the settings, or undefined. */
  check(settings: ChannelSettings): string | undefined;
  request(message: Message, settings: ChannelSettings): Request;
  /** Absent where a digest makes no sense: nobody is woken up for one. */
  readonly digest?: (digest: Digest, settings: ChannelSettings, to: string) => Request;
}
