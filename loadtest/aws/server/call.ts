/** One call of the API as its handler sees it. */
import type { Account } from '../world/estate.ts';
import type { Step } from '../world/trail/step.ts';
import type { World } from '../world/world.ts';

export interface Caller {
  readonly accessKeyId: string;
  readonly account: Account;
  readonly arn: string;
  readonly userId: string;
  /** The role whose session calls, and the principals that it was taken by, the first one first. */
  readonly role?: {
    readonly name: string;
    readonly session: string;
    readonly since: number;
    readonly chain: readonly string[];
  };
}
export interface Call<Input = Record<string, unknown>> {
  readonly world: World;
  readonly caller: Caller;
  /** Region of the credential scope: where the call is served. */
  readonly region: string;
  /** `ec2:DescribeInstances`: signing name and operation. */
  readonly action: string;
  readonly input: Input;
  readonly requestId: string;
  /** What a listing gives: all, an empty page with a token first, or, by a fault, nothing as if that were all. */
  readonly lists: 'all' | 'empty page first' | 'nothing';
  /** What the call changed, for the trail: a handler that writes adds to it. */
  readonly steps: Step[];
  /** Whether the account has the region switched on. */
  regionEnabled(region: string): boolean;
}
export type Handler = (call: never) => object | Promise<object>;
/** Handlers of one service by operation. */
export type Handlers = Readonly<Record<string, Handler>>;

/** An error as AWS would answer it. `code` and `status` are the service's own. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}
