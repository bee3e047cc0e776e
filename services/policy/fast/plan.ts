/** OPA's intermediate representation as the compiler writes it: https://www.openpolicyagent.org/docs/ir */

export type Operand =
  | { readonly type: 'local'; readonly value: number }
  | { readonly type: 'string_index'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean };

/** Only what a statement of its type has is there. */
export interface Fields {
  readonly source: Operand | number;
  readonly target: number;
  readonly key: Operand | number;
  readonly value: Operand | number;
  readonly a: Operand | number;
  readonly b: Operand | number;
  readonly array: number;
  readonly object: number;
  readonly set: number;
  readonly index: number;
  readonly func: string;
  /** Null for a function without arguments: Go's empty list. */
  readonly args: readonly Operand[] | null;
  readonly result: number;
  readonly block: Block;
  readonly blocks: readonly Block[];
}
export interface Statement {
  readonly type: string;
  readonly stmt: Fields;
}
export interface Block {
  readonly stmts: readonly Statement[] | null;
}
export interface Func {
  readonly name: string;
  readonly params: readonly number[];
  readonly return: number;
  readonly blocks: readonly Block[];
}
export interface Plan {
  readonly static: { readonly strings: ReadonlyArray<{ readonly value: string }> | null };
  readonly plans: { readonly plans: ReadonlyArray<{ readonly name: string; readonly blocks: readonly Block[] }> };
  readonly funcs: { readonly funcs: readonly Func[] | null };
}

/** Locals that every function and plan has. */
export const inputLocal = 0;
export const dataLocal = 1;
