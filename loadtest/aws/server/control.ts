/** The simulator's own door: JSON over POST under a path that no AWS API has, for tests in other processes. */
import type { HttpRequest } from '../wire/request.ts';
import type { HttpResponse } from '../wire/response.ts';
import type { DriftOptions } from '../world/drift.ts';
import type { Mutation } from '../world/mutate.ts';
import type { UnitFilter } from '../world/state.ts';
import type { TrailOptions } from '../world/trail/trail.ts';
import type { Simulation } from './answer.ts';
import type { FaultRule } from './faults.ts';

export const controlPath = '/_simulator/';

/** What can be asked, by name; the client is typed by it. Bodies are JSON objects, answers are JSON. */
export const controls = {
  info: ({ world }: Simulation, _body: object) => ({
    accounts: world.accounts.map(({ id, name, environment, suspended }) => ({ id, name, environment, suspended })),
    types: world.types,
    regions: world.options.regions,
    now: new Date(world.now()).toISOString(),
  }),
  advance: ({ world }: Simulation, { ms }: { readonly ms: number }) => {
    world.advance(ms);
    return { now: new Date(world.now()).toISOString() };
  },
  mutate: ({ world }: Simulation, mutation: Mutation) => ({ changed: world.mutate(mutation) }),
  drift: ({ world }: Simulation, { count, ...options }: { readonly count: number } & DriftOptions) => ({
    changed: world.drift(count, options),
  }),
  /** `set` replaces all rules; an empty list makes AWS well again. */
  faults: ({ faults }: Simulation, { set }: { readonly set?: readonly FaultRule[] }) => {
    if (set) faults.replace(set);
    return { rules: faults.rules() };
  },
  ledger: ({ ledger }: Simulation, { clear = false }: { readonly clear?: boolean }) => {
    const report = ledger.report();
    if (clear) ledger.clear();
    return report;
  },
  /** Who truly made each change, with the events that show it; `from` is the first label that is wanted. */
  labels: ({ world }: Simulation, { from = 0 }: { readonly from?: number }) => ({
    labels: world.trail.labels().slice(from),
  }),
  /** How CloudTrail delivers from now on. */
  trail: ({ world }: Simulation, options: TrailOptions) => {
    world.trail.options = { ...world.trail.options, ...options };
    return { options: world.trail.options };
  },
  /** All that a scan has to find. */
  oracle: ({ world }: Simulation, filter: UnitFilter) => ({ expected: [...world.expected(filter)] }),
};

/** Answers a control request: 404 for an unknown one, 400 with the reason when it fails. */
export async function handleControl(simulation: Simulation, request: HttpRequest): Promise<HttpResponse> {
  const name = request.url.slice(controlPath.length).split('?')[0] ?? '';
  const control = Object.hasOwn(controls, name) ? controls[name as keyof typeof controls] : undefined;
  if (!control) return json(404, { error: `no control ${name}; there are ${Object.keys(controls).join(', ')}` });
  try {
    const body: unknown = request.body.length > 0 ? JSON.parse(Buffer.from(request.body).toString()) : {};
    return json(200, control(simulation, body as never));
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function json(status: number, value: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
