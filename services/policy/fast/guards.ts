/** Which types of resource a rule can speak of at all: most rules begin by asking for one, and silence costs nothing. */
import { type Block, type Func, inputLocal, type Operand, type Plan, type Statement } from './plan.ts';

/**
 * Rule → types, for rules that are sets and of which every body begins with `input.resource.type == "…"`. For any other
 * type such a rule is the empty set, as OPA's own rule index has it.
 */
export function typeGuards(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const strings = plan.static.strings?.map(({ value }) => value) ?? [];
  const guards = new Map<string, readonly string[]>();
  for (const func of plan.funcs.funcs ?? []) {
    const types = guardOf(func, strings);
    if (types) guards.set(func.name, types);
  }
  return guards;
}

/** A set's function makes it, has a block for each body, and returns it. */
function guardOf({ blocks, params, return: result }: Func, strings: readonly string[]): readonly string[] | undefined {
  const [made, bodies, returned] = [only(blocks[0]), blocks.slice(1, -1), only(blocks.at(-1))];
  const isSet = made?.type === 'MakeSetStmt' && made.stmt.target === result && returned?.type === 'ReturnLocalStmt';
  if (!isSet || params.length !== 2 || bodies.length === 0) return undefined;
  const types = bodies.map((body) => typeOfBody(body, strings));
  return types.every((type) => type !== undefined) ? [...new Set(types)] : undefined;
}

function only(block: Block | undefined): Statement | undefined {
  return block?.stmts?.length === 1 ? block.stmts[0] : undefined;
}

function typeOfBody({ stmts }: Block, strings: readonly string[]): string | undefined {
  const [first, second, third] = (stmts ?? []).filter(({ type }) => type !== 'ResetLocalStmt');
  const resource = lookedUp(first, { source: inputLocal, key: 'resource' }, strings);
  const type = resource === undefined ? undefined : lookedUp(second, { source: resource, key: 'type' }, strings);
  if (type === undefined || third?.type !== 'EqualStmt' || !isLocal(third.stmt.a, type)) return undefined;
  return constantOf(third.stmt.b, strings);
}

/** Where the statement puts `source.key`, when that is what it does. */
function lookedUp(
  statement: Statement | undefined,
  { source, key }: { readonly source: number; readonly key: string },
  strings: readonly string[],
): number | undefined {
  if (statement?.type !== 'DotStmt' || !isLocal(statement.stmt.source, source)) return undefined;
  return constantOf(statement.stmt.key, strings) === key ? statement.stmt.target : undefined;
}

function isLocal(operand: Operand | number, local: number): boolean {
  return typeof operand === 'object' && operand.type === 'local' && operand.value === local;
}

function constantOf(operand: Operand | number, strings: readonly string[]): string | undefined {
  return typeof operand === 'object' && operand.type === 'string_index' ? strings[operand.value] : undefined;
}
