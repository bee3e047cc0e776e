/** One attempt to hand a mail to its server; like every channel it connects to no inside address. */
import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { createTransport } from 'nodemailer';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import { addressError, isInside, publicLookup } from './address-guard.ts';
import type { Mail, Request } from './channel.ts';
import type { SendOptions } from './send.ts';

type Opened = (error: Error | null, socket?: { connection: Socket }) => void;

/** Errors: as `send`. A 5xx of SMTP is for good, a 4xx for now (RFC 5321, 4.2.1). */
export async function sendMail(request: Request & { mail: Mail }, secret: string, options: SendOptions): Promise<void> {
  const url = new URL(request.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!options.allowPrivate && isIP(host) !== 0 && isInside(host)) throw addressError(host);
  const { id, from, to, subject } = request.mail;
  if (to === '') throw elavaError('CHANNEL_REFUSED', 'the mail has nobody to go to');
  const secure = url.protocol === 'smtps:';
  const port = Number(url.port) || (secure ? 465 : 587);
  const transport = createTransport({
    host,
    port,
    secure,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: secret || decodeURIComponent(url.password) } }),
    getSocket: (_options: unknown, done: Opened) => {
      open({ host, port }, options, done);
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const stop = (): void => transport.close();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    await transport.sendMail({ from, to, subject, text: request.body, messageId: `<${id}@elava>` });
  } catch (error) {
    throw mailError(error, host);
  } finally {
    options.signal.removeEventListener('abort', stop);
    transport.close();
  }
}

/** The lookup gives only what may be connected to, so that a second answer of the name gains nothing. */
function open(
  { host, port }: { host: string; port: number },
  { allowPrivate, signal }: SendOptions,
  done: Opened,
): void {
  const socket = tcpConnect({ host, port, signal, ...(allowPrivate ? {} : { lookup: publicLookup }) });
  const fail = (error: Error): void => done(error);
  socket.once('error', fail);
  socket.once('connect', () => {
    socket.off('error', fail);
    done(null, { connection: socket });
  });
}

function mailError(error: unknown, host: string): Error {
  if (codeOf(error) === 'CHANNEL_ADDRESS') return error as Error;
  const { responseCode = 0, code } = error as { responseCode?: number; code?: string };
  const refused = responseCode >= 500 || (responseCode === 0 && (code === 'EAUTH' || code === 'EENVELOPE'));
  return elavaError(refused ? 'CHANNEL_REFUSED' : 'CHANNEL_UNREACHABLE', `${host}: ${messageOf(error)}`, {
    cause: error,
  });
}
