/** Which web pages may use the server: its own, and those that are named. Pure. */
import { isLoopback } from '../bind.ts';

/**
 * A browser names the page's origin; whoever is no browser need not name one. `host` is the Host header.
 */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  return host !== undefined && new URL(origin).host === host;
}

/** A name of elsewhere that leads to loopback is a web page's trick to reach an open server (DNS rebinding). */
export function namesLoopback(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  return isLoopback(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''));
}
