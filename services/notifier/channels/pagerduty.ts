/** PagerDuty's Events API v2: a notice triggers an incident, its resolution resolves it. */
import type { Channel } from '../channel.ts';

const ADDRESS = 'https://events.pagerduty.com/v2/enqueue';

export const pagerduty: Channel = {
  check({ secret }) {
    return secret === '' ? 'secret, the routing key, is missing' : undefined;
  },
  request({ notice, at }, { url, secret }) {
    const { key, resolved = false, severity, source, title, text, fields = {} } = notice;
    const event = {
      routing_key: secret,
      dedup_key: key,
      event_action: resolved ? 'resolve' : 'trigger',
      payload: {
        summary: title.slice(0, 1024),
        source: `elava/${source}`,
        severity,
        timestamp: at.toISOString(),
        custom_details: { text, ...fields },
      },
    };
    return {
      url: url === '' ? ADDRESS : url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    };
  },
};
