/** The instances of tenants in a worker's thread, and the questions that are put to them. */
import { hostBuiltins } from '../builtins/index.ts';
import { failuresOf } from '../evaluate-lines.ts';
import { Bookmark, linesOf, notLoaded, type QueryTask } from '../tasks.ts';
import type { Answer } from './question.ts';
import type { GroupTask } from './quick-lane.ts';
import { TenantInstance } from './tenant-instance.ts';

/** Tenants that one thread holds at once; who was asked longest ago goes, and is made again when it is asked. */
const limits = { tenants: 256, bytes: 256 * 1024 * 1024 };

interface Held {
  readonly key: string;
  readonly instance: TenantInstance;
}
/** Tenant → its instance; least recently asked first. One revision each: the older one has answered what it was asked. */
const held = new Map<string, Held>();

/** JSON of one answer a line, or `notLoaded` when the task does not carry what this thread has not got. */
export function answerQuestions(task: QueryTask): string {
  const instance = instanceOf(task);
  if (!instance) return notLoaded;
  const bookmark = new Bookmark(task);
  const answers = linesOf(task.lines).map((line, i): Answer => {
    bookmark.atLine(i);
    bookmark.atPolicy(task.tenant);
    const failure = failuresOf(task, i).failed?.get(task.tenant);
    if (!failure) return instance.answer(line);
    const { code, message } = failure;
    return { values: [], error: { code, message }, eval_ns: 0 };
  });
  makeRoom(task.tenant);
  return JSON.stringify(answers);
}

/** A line for each rider: the microseconds that it took and JSON of its answers, or `notLoaded`. */
export function answerGroup({ riders, progress }: GroupTask): string {
  const answered = riders.map(({ tenant, digest, memoryBytes, lines }, i) => {
    progress[0] = i;
    const instance = instanceOf({ tenant, bundle: { digest }, memoryBytes });
    if (!instance) return notLoaded;
    const began = performance.now();
    const answers = linesOf(lines).map((line) => instance.answer(line));
    return `${Math.round((performance.now() - began) * 1000)} ${JSON.stringify(answers)}`;
  });
  makeRoom(riders.at(-1)?.tenant ?? '');
  return answered.join('\n');
}

function instanceOf({
  tenant,
  bundle,
  memoryBytes,
}: Pick<QueryTask, 'tenant' | 'bundle' | 'memoryBytes'>): TenantInstance | undefined {
  const key = `${bundle.digest} ${memoryBytes}`;
  const known = held.get(tenant);
  if (known?.key !== key && !bundle.loaded) return undefined;
  const found =
    known?.key === key || !bundle.loaded
      ? known
      : { key, instance: new TenantInstance(bundle.loaded, { builtins: hostBuiltins, memoryBytes }) };
  if (!found) return undefined;
  held.delete(tenant);
  held.set(tenant, found);
  return found.instance;
}

function makeRoom(current: string): void {
  let bytes = 0;
  for (const { instance } of held.values()) bytes += instance.heldBytes;
  for (const [tenant, { instance }] of held) {
    if (tenant === current || (held.size <= limits.tenants && bytes <= limits.bytes)) return;
    bytes -= instance.heldBytes;
    held.delete(tenant);
  }
}
