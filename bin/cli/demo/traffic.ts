/** Tenants that ask their policies while somebody looks, so that the live page is alive. */
import { setTimeout as wait } from 'node:timers/promises';

const breakMs = 200;
const deadlineMs = 2000;
const pick = <T>(all: readonly [T, ...T[]]): T => all[Math.floor(Math.random() * all.length)] ?? all[0];

/** Until the signal aborts. Whoever does not answer is asked again later: nothing depends on it. */
export async function traffic(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const tenant = pick(['payments', 'payments', 'analytics']);
    await fetch(new URL(`/v1/data/tenants/${tenant}`, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: tenant === 'payments' ? payment() : query() }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    }).catch(() => undefined);
    await wait(breakMs * Math.random(), undefined, { signal }).catch(() => undefined);
  }
}

function payment(): object {
  return {
    subject: { role: pick(['agent', 'auditor']), region: 'eu-west-1' },
    action: pick(['read', 'read', 'refund']),
    amount: Math.floor(Math.random() * 900),
    resource: { type: 'ledger', region: pick(['eu-west-1', 'eu-west-1', 'us-east-1']) },
  };
}

function query(): object {
  return {
    subject: { role: 'analyst' },
    action: 'query',
    resource: { type: pick(['events', 'orders']), personal: Math.random() < 0.3 },
  };
}
