import { describe, expect, test } from '@jest/globals';
import { codeOf } from '../../../lib/errors.ts';
import { accessOf } from './kubeconfig.ts';

const config = (user: object, cluster: object = {}) =>
  JSON.stringify({
    'current-context': 'it',
    contexts: [{ name: 'it', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
  });

describe('accessOf', () => {
  test('reads what is plain', () => {
    const ca = Buffer.from('a certificate').toString('base64');
    expect(accessOf(config({ token: 't' }, { 'certificate-authority-data': ca, 'tls-server-name': 'kube' }))).toEqual({
      server: 'https://10.0.0.1:6443',
      ca: Buffer.from('a certificate'),
      token: 't',
      serverName: 'kube',
      insecure: false,
      foreign: false,
    });
  });

  test.each([
    ['a plugin', { exec: { command: 'aws' } }, {}],
    ['a provider', { 'auth-provider': { name: 'oidc' } }, {}],
    ['a password', { username: 'a', password: 'b' }, {}],
    ['a key in a file', { 'client-key': '/key.pem' }, {}],
    ['a proxy', { token: 't' }, { 'proxy-url': 'http://proxy' }],
  ])('leaves %s to the stock client', (_, user, cluster) => {
    expect(accessOf(config(user, cluster)).foreign).toBe(true);
  });

  test.each([
    ['', 'no kubeconfig: it is empty'],
    ['a: [', 'no kubeconfig: '],
    ['{}', 'the kubeconfig has no context undefined'],
    [config({ token: 't' }, { server: undefined }), 'the kubeconfig names no server'],
  ])('says what is wrong: %#', (text, message) => {
    let thrown: unknown;
    try {
      accessOf(text);
    } catch (error) {
      thrown = error;
    }
    expect(codeOf(thrown)).toBe('KUBE_CONFIG');
    expect((thrown as Error).message).toContain(message);
  });
});
