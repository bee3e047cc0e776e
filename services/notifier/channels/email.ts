/** Mail over SMTP: `smtps://user@mail.example`, with the password as secret. */
import type { Channel, ChannelSettings, Request } from '../channel.ts';
import { subjectOf, textOf } from '../digest-text.ts';
import { isAddress } from '../routes.ts';

export const email: Channel = {
  check({ url, from = '', to = '', digest }) {
    if (!/^smtps?:\/\/[^/]+/.test(url)) return 'url must be smtp://host or smtps://host';
    if (!isAddress(from)) return 'from is no address';
    if (to !== '' && !isAddress(to)) return 'to is no address';
    return digest && to === '' ? 'to is missing: whoever has no route is told there' : undefined;
  },
  request({ id, notice }, settings) {
    const facts = Object.entries(notice.fields ?? {}).map(([name, value]) => `${name}: ${value}`);
    const text = [notice.text, '', ...facts, '', `${notice.severity} · ${notice.source} · ${notice.key}`].join('\n');
    return mail(settings, {
      id,
      to: settings.to ?? '',
      subject: `${notice.resolved ? 'Resolved: ' : ''}${notice.title}`,
      text,
    });
  },
  digest: (digest, settings, to) =>
    mail(settings, { id: digest.id, to: to || (settings.to ?? ''), subject: subjectOf(digest), text: textOf(digest) }),
};

interface Letter {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

function mail({ url, from = '' }: ChannelSettings, { id, to, subject, text }: Letter): Request {
  // A line break in a subject would begin another header.
  const safe = subject.replaceAll(/[\r\n]+/g, ' ').slice(0, 200);
  return { url, headers: {}, body: text, mail: { id, from, to, subject: safe } };
}
