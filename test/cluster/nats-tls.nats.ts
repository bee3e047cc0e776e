/** TLS both ways, as deploy/nats/nats.conf asks for it. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { createLogger } from '../../lib/log.ts';
import { NatsLink } from '../../lib/nats.ts';
import { directory } from '../support/cli.ts';
import { testNats } from '../support/nats.ts';

/** An authority, and what it vouches for. */
async function certificates(dir: string): Promise<void> {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '1', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca');
  // The client asks an address for the name localhost.
  await writeFile(join(dir, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'names'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
  }
}

test('a process with a certificate of the authority comes in, by both connections; one without does not', async () => {
  await using home = await directory();
  await certificates(home.path);
  const file = (name: string): string => join(home.path, name);
  const tls = `tls { cert_file: "${file('server.crt')}", key_file: "${file('server.key')}", ca_file: "${file('ca.crt')}", verify: true }\n`;
  await writeFile(file('nats.conf'), tls);
  await using nats = await testNats(file('nats.conf'));
  const trusted = { 'tls.ca': file('ca.crt'), 'tls.cert': file('client.crt'), 'tls.key': file('client.key') };
  const link = new NatsLink(nats.settings(trusted), 'trusted');
  expect((await link.connection()).info?.tls_required).toBe(true);
  await link.close();
  const flags = Object.fromEntries(Object.entries(trusted).map(([name, value]) => [`nats.${name}`, value]));
  const { config } = loadConfig({ env: {}, cwd: home.path, flags: { 'nats.servers': [nats.url], ...flags } });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  await broker.start();
  expect(broker.transit?.connected).toBe(true);
  await broker.stop();
  const stranger = new NatsLink(nats.settings({ 'tls.ca': file('ca.crt') }), 'stranger');
  await expect(stranger.connection()).rejects.toMatchObject({ type: 'NATS_UNAVAILABLE' });
});
