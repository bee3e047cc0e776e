/** The thread of the pool: evaluates a batch of lines (Piscina calls the default export). */
import { hostBuiltins } from './builtins/index.ts';
import type { ServedBundle } from './bundle.ts';
import { evaluateLines } from './evaluate-lines.ts';
import { Evaluator } from './evaluator.ts';
import { judgeLines } from './judge-lines.ts';
import type { JudgeSettings } from './settings.ts';
import type { ReadyTask, WorkerTask } from './tasks.ts';
import { answerGroup, answerQuestions } from './tenants/answer-questions.ts';
import type { GroupTask } from './tenants/quick-lane.ts';

/** The one that is served and the one before it, whose last batches may still be on their way. */
const maxEvaluators = 2;
const evaluators = new Map<string, Evaluator>();

function evaluatorOf(bundle: ServedBundle, { memoryBytes, defaultDecision }: JudgeSettings): Evaluator {
  const key = `${bundle.digest} ${memoryBytes} ${defaultDecision}`;
  const found = evaluators.get(key) ?? new Evaluator(bundle, { builtins: hostBuiltins, memoryBytes, defaultDecision });
  evaluators.delete(key);
  evaluators.set(key, found);
  const [oldest] = evaluators.keys();
  if (evaluators.size > maxEvaluators && oldest !== undefined) evaluators.delete(oldest);
  return found;
}

export default function work(task: WorkerTask | GroupTask | ReadyTask): string {
  if (task.kind === 'ready') return '';
  if (task.kind === 'group') return answerGroup(task);
  if (task.kind === 'query') return answerQuestions(task);
  const evaluator = evaluatorOf(task.bundle, task.settings);
  const answer = task.kind === 'judge' ? judgeLines(task, evaluator) : evaluateLines(task, evaluator);
  return JSON.stringify(answer);
}
