/** Drives a simulator in another process. */
import type { controls } from './control.ts';

type Controls = typeof controls;
export type ControlClient = {
  readonly [K in keyof Controls]: (
    body?: Parameters<Controls[K]>[1],
    signal?: AbortSignal,
  ) => Promise<ReturnType<Controls[K]>>;
};

/** A client for the simulator at `endpoint`: `await client.advance({ ms: 86_400_000 })`. Rejects with the simulator's reason. */
export function controlClient(endpoint: string): ControlClient {
  return new Proxy({} as ControlClient, {
    get:
      (_, name) =>
      (body: object = {}, signal: AbortSignal = AbortSignal.timeout(60_000)) =>
        post(endpoint, String(name), body, signal),
  });
}

async function post(endpoint: string, name: string, body: object, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`${endpoint}/_simulator/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal,
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`simulator: ${(answer as { error: string }).error}`);
  return answer;
}
