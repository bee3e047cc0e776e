/** An incoming webhook of Slack; the address itself is the secret. */
import type { Channel } from '../channel.ts';

const emoji = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' } as const;
/** Slack refuses a block with more. */
const MAX_FIELDS = 10;
const MAX_TEXT = 2900;

export const slack: Channel = {
  check({ url }) {
    return url === '' ? 'url is missing' : undefined;
  },
  request({ notice }, { url }) {
    const { severity, resolved = false, fields = {} } = notice;
    const head = `${resolved ? ':white_check_mark:' : emoji[severity]} *${escape(notice.title)}*`;
    const facts = Object.entries(fields)
      .slice(0, MAX_FIELDS)
      .map(([name, value]) => ({ type: 'mrkdwn', text: `*${escape(name)}*\n${escape(value).slice(0, 1900)}` }));
    const blocks = [
      { type: 'section', text: { type: 'mrkdwn', text: `${head}\n${escape(notice.text)}`.slice(0, MAX_TEXT) } },
      ...(facts.length > 0 ? [{ type: 'section', fields: facts }] : []),
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: `${severity} · ${escape(notice.source)} · ${escape(notice.key)}` }],
      },
    ];
    const body = JSON.stringify({ text: `${resolved ? 'Resolved: ' : ''}${escape(notice.title)}`, blocks });
    return { url, headers: { 'content-type': 'application/json' }, body };
  },
};

/** Slack's three control characters: without this a name could mention a whole channel or hide a link. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
