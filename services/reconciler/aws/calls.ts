/** The calls of one step: reads as often as they are needed, and one change, which is never tried again. */
import { elavaError } from '../../../lib/errors.ts';
import type { InputOf, OperationName, OutputOf, ServiceName } from './services.ts';

/** Sends one request, one attempt. Rejects with what `callError` makes. */
export type Send = <S extends ServiceName, N extends OperationName<S>>(
  api: readonly [S, N],
  input: InputOf<S, N>,
) => Promise<OutputOf<S, N>>;

export interface AwsCalls {
  readonly read: Send;
  /** A second one is a mistake in the action, and is refused. */
  readonly change: Send;
}

const reads = /^(Describe|Get|List)/;

/** `mayChange` is false while it is only looked what happened: then no change is possible at all. */
export function callsOf(send: Send, mayChange: boolean): AwsCalls {
  let left = mayChange ? 1 : 0;
  return {
    read: (api, input) => {
      if (!reads.test(api[1])) throw elavaError('INTERNAL', `${api.join(':')} is no read`);
      return send(api, input);
    },
    change: (api, input) => {
      if (left === 0) throw elavaError('INTERNAL', `${api.join(':')}: this step may not make a change now`);
      left -= 1;
      return send(api, input);
    },
  };
}
