/** What OPA says of an evaluation that failed: `errors[]` with the place. Pure. */
import { type ErrorCode, elavaError, errorTable } from '../../../lib/errors.ts';

/** `tenants/a/policy.rego:3:1: var assignment conflict` */
const placed = /^(.+?):(\d+):(\d+): (.+)$/s;

const conflicts = /conflict|multiple outputs|different values/;

/** The error to throw for what an evaluation came to. */
export function evaluationError({ code, message }: { readonly code: string; readonly message: string }): Error {
  const known = code in errorTable ? (code as ErrorCode) : 'POLICY_EVALUATION';
  if (known !== 'POLICY_EVALUATION') return elavaError(known, message);
  const [, file = '', row = '0', col = '0', what = message] = placed.exec(message) ?? [];
  const location = { file, row: Number(row), col: Number(col) };
  const kind = conflicts.test(what) ? 'eval_conflict_error' : 'eval_internal_error';
  const errors = [{ code: kind, message: what, ...(file === '' ? {} : { location }) }];
  return elavaError('POLICY_EVALUATION', 'error(s) occurred while evaluating query', { data: { errors } });
}

interface Place {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** Of a compile that failed. */
export function compileErrors(errors: readonly Place[]): object[] {
  return errors.map(({ code, message, file, row, col }) => ({ code, message, location: { file, row, col } }));
}
