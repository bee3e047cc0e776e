import type { Channel, ChannelSettings } from '../channel.ts';
import { email } from './email.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** One line a channel. Prometheus needs none: `elava_alerts_firing` is what its rules watch. */
export const channels: Readonly<Record<ChannelSettings['type'], Channel>> = { webhook, slack, pagerduty, email };
