/**
 * Writes OPA's intermediate representation as JavaScript: a function for each of its functions and plans, a labelled
 * block for each of its blocks. Semantics are those of OPA's own WebAssembly backend (internal/compiler/wasm).
 * What a policy says gets into the text only as JSON; names are made up here.
 */
import { constantFunctions, statementsOf } from './constants.ts';
import {
  type Block,
  dataLocal,
  type Fields,
  type Func,
  inputLocal,
  type Operand,
  type Plan,
  type Statement,
} from './plan.ts';

/** What the text needs to be given; see program.ts. */
export const runtimeNames = [
  'field',
  'at',
  'keysOf',
  'equal',
  'insert',
  'merge',
  'leave',
  'speak',
  'quietOf',
  'emptySet',
  'ValueSet',
  'isObject',
  'natives',
] as const;

/** Names that every JavaScript object has, and the runtime's own: no plain property access for these. */
const inherited = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Array.prototype),
]);

/** A function body that takes `runtimeNames` and returns `{plans, reset}`. */
export function generate(plan: Plan): string {
  const strings = plan.static.strings?.map(({ value }) => value) ?? [];
  const funcs = plan.funcs.funcs ?? [];
  const places = new Map(funcs.map(({ name }, place) => [name, place]));
  const shared = { strings, places, constant: constantFunctions(plan), rules: rulesOf(funcs) };
  const texts = funcs.map((func, place) => functionText(func, place, shared));
  const plans = plan.plans.plans.map(({ name, blocks }) => planText(name, blocks, shared));
  return `'use strict';\nconst none = {}, constants = [];\nlet memo = [];\n${texts.join('\n')}
function apart(work) { const kept = memo; memo = []; try { return work(); } finally { memo = kept; } }
const plans = new Map([\n${plans.join(',\n')}\n]);
return { plans, reset() { memo = []; } };`;
}

/** Names of the functions that are rules: they take input and data only. */
function rulesOf(funcs: readonly Func[]): ReadonlySet<string> {
  return new Set(funcs.filter(({ params }) => params.length === 2).map(({ name }) => name));
}

interface Shared {
  readonly strings: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly constant: ReadonlySet<string>;
  readonly rules: ReadonlySet<string>;
}

/** Rules take only input and data: computed once an evaluation, or once and for all. */
function functionText(func: Func, place: number, shared: Shared): string {
  const writer = new Writer(shared, { outside: 'return undefined', late: resultSet(func) });
  const params = func.params.map(local).join(', ');
  const body = writer.blocks(func.blocks);
  const inner = `${writer.declarations(func.params)}${body}`;
  if (func.params.length !== 2) return `function f${place}(${params}) {\n${inner}}`;
  const memo = shared.constant.has(func.name) ? 'constants' : 'memo';
  return `function r${place}(${params}) {\n${inner}}
function f${place}(${params}) {
const known = ${memo}[${place}];
if (known !== undefined) return known === none ? undefined : known;
const value = r${place}(${params});
${memo}[${place}] = value === undefined ? none : value;
return value;
}`;
}

function planText(name: string, blocks: readonly Block[], shared: Shared): string {
  const writer = new Writer(shared, { outside: 'return undefined', document: documentOf(blocks) });
  const body = writer.blocks(blocks);
  const declared = writer.declarations([inputLocal, dataLocal]);
  const rules = writer.tried.map((place) => `f${place}`);
  const quiet = rules.length === 0 ? '' : `const quiet = quietOf(tried, L${inputLocal}, L${dataLocal});\n`;
  return `[${JSON.stringify(name)}, ((tried) => function (L${inputLocal}, L${dataLocal}) {
let found;\n${quiet}${declared}${body}return found;
})({ seen: new Map(), rules: [${rules.join(', ')}], apart })]`;
}

/** The set that a rule fills and returns, when it does nothing else with it: most of them stay empty, and need not be made. */
function resultSet({ blocks, return: result }: Func): number | undefined {
  const uses = [...statementsOf(blocks)].filter(
    ({ type, stmt }) => type !== 'ReturnLocalStmt' && mentions(stmt, result),
  );
  const filled = uses.every(
    ({ type, stmt }) => type === 'MakeSetStmt' || (type === 'SetAddStmt' && !isLocal(stmt.value, result)),
  );
  return filled && uses.filter(({ type }) => type === 'MakeSetStmt').length === 1 ? result : undefined;
}

/** In any place: numbers of other things than locals may be taken for it, which only makes the answer no. */
function mentions(stmt: Fields, wanted: number): boolean {
  return Object.values(stmt).some((value: unknown) =>
    Array.isArray(value) ? value.some((one) => isLocal(one, wanted)) : isLocal(value, wanted),
  );
}

function isLocal(value: unknown, wanted: number): boolean {
  if (typeof value !== 'object' || value === null) return value === wanted;
  return (value as Operand).type === 'local' && (value as Operand).value === wanted;
}

/** The local that a package's plan begins to fill; other plans have none. */
function documentOf(blocks: readonly Block[]): number | undefined {
  const first = blocks[0]?.stmts?.[0];
  return first?.type === 'MakeObjectStmt' ? first.stmt.target : undefined;
}

function local(number: number): string {
  return `L${number}`;
}

/** Writes the statements of one function. `labels` is the nesting as WebAssembly would have it, innermost last. */
interface Around {
  /** Leaves the whole function. */
  readonly outside: string;
  /** The local of the package's document, in a plan that makes one. */
  readonly document?: number | undefined;
  /** The local of a set that is made when something is put into it. */
  readonly late?: number | undefined;
}

class Writer {
  /** Places of the rules that stand in the document, in the order in which they are asked. */
  readonly tried: number[] = [];
  readonly #shared: Shared;
  readonly #around: Around;
  readonly #locals = new Set<number>();
  readonly #labels: string[] = [];
  #names = 0;

  constructor(shared: Shared, around: Around) {
    this.#shared = shared;
    this.#around = around;
  }

  declarations(params: readonly number[]): string {
    const own = [...this.#locals].filter((number) => !params.includes(number));
    return own.length === 0 ? '' : `let ${own.map(local).join(', ')};\n`;
  }

  blocks(blocks: readonly Block[]): string {
    return blocks.map((block) => this.#labelled(block, '')).join('');
  }

  /** `end` runs when the block was not left. */
  #labelled(block: Block, end: string): string {
    const label = this.#name();
    this.#labels.push(`break ${label};`);
    const body = this.#statements(block);
    this.#labels.pop();
    return `${label}: {\n${body}${end}}\n`;
  }

  #statements({ stmts }: Block): string {
    return (stmts ?? []).map((statement) => `${this.#statement(statement)}\n`).join('');
  }

  #statement({ type, stmt }: Statement): string {
    const write = this.#writers[type];
    // Such as `with`, or a call by a name that is only known later.
    return write ? write(stmt) : 'leave();';
  }

  readonly #writers: Readonly<Record<string, (stmt: Fields) => string>> = {
    AssignIntStmt: ({ target, value }) => this.#set(target, numberText(`${value as number}`)),
    AssignVarStmt: ({ source, target }) => this.#set(target, this.#read(source)),
    AssignVarOnceStmt: ({ source, target }) => {
      const value = this.#read(source);
      const name = this.#local(target);
      return `if (${name} !== undefined && !equal(${name}, ${value})) leave(); ${this.#set(target, value)}`;
    },
    ArrayAppendStmt: ({ array, value }) => `${this.#local(array)}.push(${this.#read(value)});`,
    BlockStmt: ({ blocks }) => this.blocks(blocks ?? []),
    BreakStmt: ({ index }) => this.#leave(index),
    CallStmt: (stmt) => this.#call(stmt),
    DotStmt: ({ source, key, target }) => `${this.#set(target, this.#dot(source, key))} ${this.#unless(target)}`,
    EqualStmt: ({ a, b }) => `if (!${this.#same(a, b)}) ${this.#leave()}`,
    IsArrayStmt: ({ source }) => `if (!Array.isArray(${this.#read(source)})) ${this.#leave()}`,
    IsDefinedStmt: ({ source }) => this.#unless(source as number),
    IsObjectStmt: ({ source }) => `if (!isObject(${this.#read(source)})) ${this.#leave()}`,
    IsSetStmt: ({ source }) => `if (!(${this.#read(source)} instanceof ValueSet)) ${this.#leave()}`,
    IsUndefinedStmt: ({ source }) => `if (${this.#read(source)} !== undefined) ${this.#leave()}`,
    LenStmt: ({ source, target }) => this.#set(target, `natives.count(${this.#read(source)}) ?? leave()`),
    MakeArrayStmt: ({ target }) => this.#set(target, '[]'),
    MakeNullStmt: ({ target }) => this.#set(target, 'null'),
    MakeNumberIntStmt: ({ target, value }) => this.#set(target, numberText(`${value as number}`)),
    MakeNumberRefStmt: (stmt) => this.#set(stmt.target, numberText(this.#string(indexOf(stmt)))),
    MakeObjectStmt: ({ target }) => this.#set(target, '{}'),
    MakeSetStmt: ({ target }) => this.#set(target, target === this.#around.late ? 'emptySet' : 'new ValueSet()'),
    NopStmt: () => '',
    NotEqualStmt: ({ a, b }) => `if (${this.#same(a, b)}) ${this.#leave()}`,
    NotStmt: ({ block }) => this.#not(block),
    ObjectInsertStmt: (stmt) => this.#insert(stmt),
    ObjectMergeStmt: ({ a, b, target }) => this.#set(target, `merge(${this.#read(a)}, ${this.#read(b)})`),
    ResetLocalStmt: ({ target }) => this.#set(target, 'undefined'),
    ResultSetAddStmt: ({ value }) => `found = ${this.#read(value)};`,
    ReturnLocalStmt: ({ source }) => `return ${this.#read(source)};`,
    ScanStmt: (stmt) => this.#scan(stmt),
    SetAddStmt: ({ set, value }) => this.#add(this.#local(set), set === this.#around.late, this.#read(value)),
  };

  #call({ func, args, result }: Fields): string {
    const values = (args ?? []).map((arg) => this.#read(arg));
    const place = this.#shared.places.get(func);
    if (place !== undefined) {
      return `${this.#guard(func, place)}${this.#set(result, `f${place}(${values.join(', ')})`)} ${this.#unless(result)}`;
    }
    const native = `natives[${JSON.stringify(func)}]`;
    return `${this.#set(result, `${native} === undefined ? leave() : ${native}(${values.join(', ')})`)} ${this.#unless(result)}`;
  }

  /** In a package's plan: no call of a rule that has nothing to say of the resource's type. */
  #guard(func: string, place: number): string {
    if (this.#around.document === undefined || !this.#shared.rules.has(func)) return '';
    return `if (quiet[${this.tried.push(place) - 1}] === 1) ${this.#leave()}\n`;
  }

  #add(set: string, isLate: boolean, value: string): string {
    return isLate ? `if (${set} === emptySet) ${set} = new ValueSet(); ${set}.add(${value});` : `${set}.add(${value});`;
  }

  /** The first object of a plan is the package's document, and its entries are the rules. */
  #insert({ object, key, value }: Fields): string {
    const [into, name, what] = [this.#local(object), this.#read(key), this.#read(value)];
    const isRule = object === this.#around.document && typeof key === 'object' && key.type === 'string_index';
    return isRule && name !== '"__proto__"'
      ? `speak(${into}, ${name}, ${what});`
      : `insert(${into}, ${name}, ${what});`;
  }

  #dot(source: Operand | number, key: Operand | number): string {
    if (typeof source === 'object' && source.type !== 'local') return 'undefined';
    const name = typeof key === 'object' && key.type === 'string_index' ? this.#string(key.value) : undefined;
    const plain = name !== undefined && !inherited.has(name);
    return `${plain ? 'field' : 'at'}(${this.#read(source)}, ${this.#read(key)})`;
  }

  /** Constants are compared as they are, which is what most rules begin with. */
  #same(a: Operand | number, b: Operand | number): string {
    const constant = [a, b].some((one) => typeof one === 'object' && one.type !== 'local');
    return constant ? `(${this.#read(a)} === ${this.#read(b)})` : `equal(${this.#read(a)}, ${this.#read(b)})`;
  }

  #not(block: Block): string {
    const held = this.#name();
    const body = this.#labelled(block, `${held} = true;\n`);
    return `let ${held} = false;\n${body}if (${held}) ${this.#leave()}`;
  }

  /** WebAssembly has a block around a loop here: leaving the inner one goes on with the next element. */
  #scan({ source, key, value, block }: Fields): string {
    const [around, loop, list, keys, i] = [this.#name(), this.#name(), this.#name(), this.#name(), this.#name()];
    this.#labels.push(`break ${around};`, `continue ${loop};`);
    const body = this.#statements(block);
    this.#labels.splice(-2);
    const [k, v] = [this.#local(key as number), this.#local(value as number)];
    return `${around}: {
const ${list} = ${this.#read(source)}, ${keys} = keysOf(${list});
${loop}: for (let ${i} = 0; ${i} < (${keys} ?? ${list}).length; ${i}++) {
if (${keys} === undefined) { ${k} = ${i}; ${v} = ${list}[${i}]; } else { ${k} = ${keys}[${i}]; ${v} = at(${list}, ${k}); }
${body}}
}`;
  }

  #set(target: number, value: string): string {
    return `${this.#local(target)} = ${value};`;
  }

  #unless(target: number): string {
    return `if (${this.#local(target)} === undefined) ${this.#leave()}`;
  }

  #leave(levels = 0): string {
    return this.#labels.at(-1 - levels) ?? `${this.#around.outside};`;
  }

  #read(operand: Operand | number): string {
    if (typeof operand === 'number') return this.#local(operand);
    if (operand.type === 'local') return this.#local(operand.value);
    return operand.type === 'bool' ? String(operand.value) : JSON.stringify(this.#string(operand.value));
  }

  #local(number: number): string {
    this.#locals.add(number);
    return local(number);
  }

  #string(index: number): string {
    return this.#shared.strings[index] ?? '';
  }

  #name(): string {
    return `n${this.#names++}`;
  }
}

/** The compiler has written this one field with a capital since the beginning. */
function indexOf(stmt: Fields): number {
  return stmt.index ?? (stmt as unknown as { Index: number }).Index;
}

/** A number that JavaScript would write otherwise is one that it may not have exactly. */
function numberText(text: string): string {
  const number = Number(text);
  if (/^-?[0-9]+$/.test(text)) return Number.isSafeInteger(number) ? `(${number})` : `${BigInt(text)}n`;
  return String(number) === text ? `(${text})` : 'leave()';
}
