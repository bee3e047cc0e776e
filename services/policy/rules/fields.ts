/** Typed access to the nodes of a YAML document; what is not as it must be is noted with its place. */
import { isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { nearest } from '../../../lib/config/nearest.ts';
import type { Diagnostic } from '../policy.contract.ts';
import type { Place } from './rule-policy.ts';

type Given = Node | null | undefined;

export class Fields {
  readonly file: string;
  readonly faults: Diagnostic[] = [];
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.#lines = lines;
  }

  place(node: Given): Place {
    const offset = node?.range?.[0];
    if (offset === undefined) return { row: 1, col: 1 };
    const { line, col } = this.#lines.linePos(offset);
    return { row: line, col };
  }

  fault(node: Given, message: string): void {
    this.faults.push({ code: 'rules_error', message, file: this.file, ...this.place(node) });
  }

  /** Its entries by name; one that is not known is a fault. */
  object(node: Given, what: string, known: readonly string[]): ReadonlyMap<string, Node | null> {
    const found = new Map<string, Node | null>();
    if (!isMap(node)) {
      this.fault(node, `${what} is an object with ${known.join(', ')}`);
      return found;
    }
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) found.set(name, value as Node | null);
      else this.fault(key as Node, this.#unknown(what, name, known));
    }
    return found;
  }

  #unknown(what: string, name: string, known: readonly string[]): string {
    const close = nearest(name, known);
    return `${what} has no ${JSON.stringify(name)}${close === undefined ? '' : `; did you mean ${close}?`}`;
  }

  list(node: Given, what: string): ReadonlyArray<Node | null> {
    if (node === undefined) return [];
    if (isSeq(node)) return node.items as Node[];
    this.fault(node, `${what} is a list`);
    return [];
  }

  text(node: Given, what: string): string {
    const value = this.plain(node);
    if (node === undefined || typeof value === 'string') return value === undefined ? '' : (value as string);
    this.fault(node, `${what} is a text`);
    return '';
  }

  /** What messages and the names of Rego rules are made of. */
  name(owner: Given, node: Given, what: string): string {
    const name = this.text(node, 'name');
    if (!node) this.fault(owner, `${what} has a name`);
    else if (!/^[A-Za-z][A-Za-z0-9 _.-]{0,99}$/.test(name))
      this.fault(node, 'a name has letters, digits, - _ . and spaces');
    return name;
  }

  flag(node: Given, what: string, fallback: boolean): boolean {
    const value = this.plain(node);
    if (node === undefined) return fallback;
    if (typeof value !== 'boolean') this.fault(node, `${what} is true or false`);
    return value === true;
  }

  whole(node: Given, what: string): number {
    const value = this.plain(node);
    if (node === undefined) return 0;
    if (!Number.isSafeInteger(value)) this.fault(node, `${what} is a whole number`);
    return value as number;
  }

  oneOf<T extends string>(node: Given, what: string, values: readonly T[]): T {
    const value = this.plain(node);
    const found = values.find((one) => one === value);
    if (found === undefined) this.fault(node, `${what} is one of ${values.join(', ')}`);
    return found ?? (values[0] as T);
  }

  plain(node: Given): unknown {
    if (isScalar(node)) return node.value;
    return node ? (node.toJSON() as unknown) : undefined;
  }
}
