/** Which rules do not look at the input: tables of a policy, which are made once instead of for every input. */
import { type Block, type Fields, type Func, inputLocal, type Operand, type Plan } from './plan.ts';

/** Functions whose answer is another one from evaluation to evaluation: they look at the instant. */
const changing = new Set(['time.now_ns', 'rand.intn', 'uuid.rfc4122', 'io.jwt.decode_verify']);

/** Names of the functions of the plan that give the same for every input. */
export function constantFunctions(plan: Plan): ReadonlySet<string> {
  const funcs = plan.funcs.funcs ?? [];
  const calls = new Map(funcs.map((func) => [func.name, new Set<string>()]));
  const constant = new Set(funcs.filter((func) => looksAtNothing(func, calls)).map(({ name }) => name));
  // Whoever calls one that is not constant is not constant either.
  for (let before = -1; before !== constant.size; ) {
    before = constant.size;
    for (const name of constant) {
      if ([...(calls.get(name) ?? [])].some((called) => !constant.has(called))) constant.delete(name);
    }
  }
  return constant;
}

/** Notes what it calls on the way. Input and data are handed on to every function, which by itself is no look. */
function looksAtNothing(func: Func, calls: ReadonlyMap<string, Set<string>>): boolean {
  if (func.params.length !== 2) return false;
  return [...statementsOf(func.blocks)].every(({ type, stmt }) => {
    if (type !== 'CallStmt') return literal.has(type) || (!mentionsInput(stmt) && type !== 'WithStmt');
    const args = stmt.args ?? [];
    if (!calls.has(stmt.func)) return !changing.has(stmt.func) && !args.some(isInput);
    calls.get(func.name)?.add(stmt.func);
    return !args.slice(2).some(isInput);
  });
}

/** Their `value` is a number and no local. */
const literal = new Set(['AssignIntStmt', 'MakeNumberIntStmt']);

/** All of them, those within others too. */
export function* statementsOf(blocks: readonly Block[]): Generator<{ readonly type: string; readonly stmt: Fields }> {
  for (const { stmts } of blocks) {
    for (const statement of stmts ?? []) {
      yield statement;
      yield* statementsOf(statement.stmt.blocks ?? []);
      if (statement.stmt.block) yield* statementsOf([statement.stmt.block]);
    }
  }
}

function mentionsInput({ source, key, value, a, b }: Fields): boolean {
  return [source, key, value, a, b].some((operand) => operand !== undefined && isInput(operand));
}

function isInput(operand: Operand | number): boolean {
  if (typeof operand === 'number') return operand === inputLocal;
  return operand.type === 'local' && operand.value === inputLocal;
}
