/** What a bench scenario declares; a file `loadtest/<name>.ts` exports one as `scenario`. */
export interface Scenario {
  /** As in `npm run bench -- <prefix>`, such as `scan.ec2`. */
  readonly name: string;
  /** What stands beside ours in the same run; null where there is none and `peer` of a round is the limit. */
  readonly peer: string | null;
  /** The ratio to reach; a larger ratio is better. */
  readonly target: number;
  /** Of both figures, such as "resources/CPU-s". */
  readonly unit: string;
  /** Larger figures are better (a rate), or smaller ones (a time, bytes). */
  readonly better: 'higher' | 'lower';
  /** One figure a round and side, alternating, so that both meet the same noise. */
  run(options: RunOptions): Promise<Figures>;
}
export interface Figures {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  /** Why nothing was measured: this machine has not got what the peer needs. */
  readonly skipped?: string;
}

export function skipped(why: string): Figures {
  return { ours: [], peer: [], skipped: why };
}
export interface RunOptions {
  readonly rounds: number;
  /** Scales the scenario; 1 is the default size. */
  readonly scale: number;
}

export interface Result {
  readonly scenario: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peer_name: string | null;
  readonly ratio: number;
  readonly target: number;
  readonly unit: string;
}

/** Medians of the rounds and their ratio; larger is better whichever way the figures run. */
export function resultOf(scenario: Omit<Scenario, 'run'>, figures: Figures): Result {
  const ours = median(figures.ours);
  const peer = median(figures.peer);
  return {
    scenario: scenario.name,
    ours: rounded(ours),
    peer: scenario.peer === null ? null : rounded(peer),
    peer_name: scenario.peer,
    ratio: rounded(scenario.better === 'higher' ? ours / peer : peer / ours),
    target: scenario.target,
    unit: scenario.unit,
  };
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Three significant digits: more would claim a precision that shared machines do not have. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
