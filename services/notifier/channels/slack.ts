/** An incoming webhook of Slack; the address itself is the secret. */
import type { Channel } from '../channel.ts';
import type { DigestEntry } from '../digest.schema.ts';
import { factsOf, linksOf, subjectOf } from '../digest-text.ts';

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
  digest(digest, { url }) {
    const shown = digest.entries.slice(0, MOST_ENTRIES);
    const more = digest.entries.length - shown.length;
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: subjectOf(digest).slice(0, 150) } },
      ...shown.flatMap((entry) => entryBlocks(entry, digest.answers)),
      ...(more > 0
        ? [{ type: 'context', elements: [{ type: 'mrkdwn', text: `and ${more} more: \`elava plan show\`` }] }]
        : []),
    ];
    const body = JSON.stringify({ text: escape(subjectOf(digest)), blocks });
    return { url, headers: { 'content-type': 'application/json' }, body };
  },
};

/** Slack takes 50 blocks; an entry has three. */
const MOST_ENTRIES = 15;

/** Buttons lead to a page that asks again: whatever merely looks at a link must not answer it. */
function entryBlocks(entry: DigestEntry, answers: string): object[] {
  const facts = factsOf(entry).map(([label, text]) => `*${label}:* ${escape(text)}`);
  const text = `*${escape(entry.title)}*\n${facts.join('\n')}`.slice(0, MAX_TEXT);
  const buttons = linksOf(entry, answers).map(([verb, link]) => ({
    type: 'button',
    text: { type: 'plain_text', text: verb },
    url: link,
    action_id: `${verb}-${entry.key}`.slice(0, 255),
    ...(verb === 'approve' ? { style: 'primary' } : verb === 'reject' ? { style: 'danger' } : {}),
  }));
  const section = { type: 'section', text: { type: 'mrkdwn', text } };
  if (buttons.length === 0) {
    const command = `\`elava approve ${escape(entry.key)}\` or \`elava cancel ${escape(entry.key)}\``;
    return [{ type: 'divider' }, section, { type: 'context', elements: [{ type: 'mrkdwn', text: command }] }];
  }
  return [{ type: 'divider' }, section, { type: 'actions', elements: buttons }];
}

/** Slack's three control characters: without this a name could mention a whole channel or hide a link. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
