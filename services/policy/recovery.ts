/** Who took a thread down, and what is not tried again because of it. Pure. */
import { codeOf, type ElavaError, messageOf } from '../../lib/errors.ts';
import { type Culprit, linesOf, Progress, policiesOf, type WorkerTask } from './tasks.ts';

/** A policy that takes a thread down this often in one batch is not tried on the batch's other lines. */
const patience = 3;

/**
 * The culprits with the one that was at work when the thread ended. Undefined when that leads nowhere: the batch was
 * cancelled or refused, or the thread ends without getting to what was not tried before.
 */
export function blame(task: WorkerTask, known: readonly Culprit[], error: ElavaError): readonly Culprit[] | undefined {
  const code = codeOf(error);
  if (code !== 'DEADLINE_EXCEEDED' && code !== 'POLICY_EVALUATION') return undefined;
  const line = task.progress[Progress.line] ?? -1;
  const policy = policiesOf(task)[task.progress[Progress.policy] ?? -1];
  const failure = { code, message: messageOf(error) };
  // Between two policies it was the line itself, too much for any of them.
  const found = (policy === undefined ? policiesOf(task) : [policy]).map((one) => ({ line, policy: one, ...failure }));
  const isNew = line >= 0 && found.some((one) => !known.some((other) => sameTarget(one, other)));
  if (!isNew) return undefined;
  return spread(task, [...known, ...found]);
}

function sameTarget(a: Culprit, b: Culprit): boolean {
  return a.line === b.line && a.policy === b.policy;
}

/** Takes from all lines the policies whose patience is used up. */
function spread(task: WorkerTask, culprits: readonly Culprit[]): readonly Culprit[] {
  const lines = linesOf(task.lines).length;
  return policiesOf(task).flatMap((policy) => {
    const own = culprits.filter((one) => one.policy === policy);
    const [first] = own;
    if (!first || own.length < patience) return own;
    return Array.from({ length: lines }, (_, line) => own.find((one) => one.line === line) ?? { ...first, line });
  });
}
