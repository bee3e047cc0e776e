/** Mail to a real socket that speaks SMTP. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sendMail } from './mail.ts';

let server: Server;
let lines: string[];
/** What is answered to RCPT. */
let answer = '250 ok';
let url = '';

beforeEach(async () => {
  lines = [];
  answer = '250 ok';
  server = createServer((socket) => {
    let data = false;
    socket.write('220 test\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\r\n').filter((one) => one !== '')) {
        lines.push(line);
        if (data && line !== '.') continue;
        if (line === '.') data = false;
        if (line === 'DATA') data = true;
        const reply = line.startsWith('RCPT')
          ? answer
          : line === 'DATA'
            ? '354 go'
            : line === 'QUIT'
              ? '221 bye'
              : '250 ok';
        socket.write(`${reply}\r\n`);
      }
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

const mail = { id: 'msg_1', from: 'elava@acme.example', to: 'ada@acme.example', subject: 'Elava: 1 thing' };
const send = (allowPrivate = true, to = mail.to) =>
  sendMail({ url, headers: {}, body: 'Text\n.\nend', mail: { ...mail, to } }, '', {
    allowPrivate,
    signal: AbortSignal.timeout(5000),
  });

test('goes to one recipient, with an id that is the same at every attempt', async () => {
  await send();
  expect(lines).toEqual(
    expect.arrayContaining(['MAIL FROM:<elava@acme.example>', 'RCPT TO:<ada@acme.example>', 'Subject: Elava: 1 thing']),
  );
  expect(lines.join('\n')).toContain('Message-ID: <msg_1@elava>');
  expect(lines.filter((line) => line.startsWith('RCPT'))).toHaveLength(1);
});

test('a refusal is for good, a busy server for now, an inside address is not reached', async () => {
  answer = '550 no such person';
  await expect(send()).rejects.toMatchObject({ type: 'CHANNEL_REFUSED' });
  answer = '451 try later';
  await expect(send()).rejects.toMatchObject({ type: 'CHANNEL_UNREACHABLE' });
  lines = [];
  await expect(send(false)).rejects.toMatchObject({ type: 'CHANNEL_ADDRESS' });
  await expect(send(true, '')).rejects.toMatchObject({ type: 'CHANNEL_REFUSED' });
  expect(lines).toEqual([]);
});

test('a name that leads inside is not reached either', async () => {
  url = url.replace('127.0.0.1', 'localhost');
  await expect(send(false)).rejects.toMatchObject({ type: 'CHANNEL_ADDRESS' });
});
