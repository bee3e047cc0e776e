/** Without authentication the server binds loopback only: whoever reaches it may read the whole estate. */
import { isIP } from 'node:net';
import { elavaError } from '../../lib/errors.ts';

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

export function refuseOpenBind(host: string): void {
  if (isLoopback(host)) return;
  throw elavaError(
    'GATEWAY_OPEN_BIND',
    `gateway.host is ${host}, which other machines reach, and no authentication is configured`,
  );
}
