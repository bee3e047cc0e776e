/**
 * Reads a response in one pass over its text, straight into the object of its schema. The SDK's reader builds a tree of
 * all elements first, a character at a time, and walks it; that costs four times as much (research/aws.md). Only the
 * XML that AWS writes is understood; at anything else `unusual` is thrown and the SDK's reader takes over.
 */
import type { LeafPlan, ListPlan, MapPlan, Member, Plan, StructPlan } from './plan.ts';
import { decodeEntities, isBlank, unusual } from './text.ts';

/** How values of one kind become JavaScript: as the SDK has it, or fit for JSON. */
export interface Leaves {
  /** Not for plain text, which is used as it is. */
  read(text: string, leaf: LeafPlan): unknown;
}

const SLASH = 47;
const SPACE = 32;

/** The structure in the document element, or in its child `key` as the query protocol wraps results. */
export function readDocument(text: string, plan: StructPlan, leaves: Leaves, key?: string): Record<string, unknown> {
  return new Reader(text, leaves).document(plan, key);
}

class Reader {
  readonly #text: string;
  readonly #leaves: Leaves;
  #at = 0;

  constructor(text: string, leaves: Leaves) {
    this.#text = text;
    this.#leaves = leaves;
  }

  document(plan: StructPlan, key: string | undefined): Record<string, unknown> {
    const root = this.#root();
    if (key === undefined) return this.#struct(plan, `</${root}>`);
    const open = `<${key}>`;
    const start = this.#text.indexOf('<', this.#at);
    // The result comes before ResponseMetadata; an empty or a missing one is left to the SDK.
    if (!this.#text.startsWith(open, start)) throw unusual;
    this.#gap(start);
    this.#at = start + open.length;
    return this.#struct(plan, `</${key}>`);
  }

  /** Its attributes are namespaces only. */
  #root(): string {
    const text = this.#text;
    const declared = text.startsWith('<?xml') ? text.indexOf('?>') + 2 : 0;
    const start = text.indexOf('<', declared);
    const end = text.indexOf('>', start);
    const tag = /^[\w.]+/.exec(text.slice(start + 1, end))?.[0];
    if (start < 0 || !tag || text.charCodeAt(end - 1) === SLASH || !isBlank(text.slice(declared, start))) throw unusual;
    this.#at = end + 1;
    return tag;
  }

  #struct(plan: StructPlan, close: string): Record<string, unknown> {
    const text = this.#text;
    const out: Record<string, unknown> = {};
    let unknown = false;
    let before: Member | undefined;
    let expected = plan.first;
    for (;;) {
      const start = text.indexOf('<', this.#at);
      if (start !== this.#at) this.#gap(start);
      if (expected !== undefined && text.startsWith(expected.open, start)) {
        this.#at = start + expected.open.length;
        this.#member(out, expected, false);
      } else if (text.charCodeAt(start + 1) === SLASH) {
        return this.#end(out, start, close, unknown && plan.union);
      } else {
        expected = this.#unexpected(out, plan, { start, before });
        unknown ||= expected === undefined;
      }
      before = expected ?? before;
      expected = before?.next;
    }
  }

  /** Steps over the end tag. A union that says something unknown is the SDK's business. */
  #end(out: Record<string, unknown>, start: number, close: string, odd: boolean): Record<string, unknown> {
    if (odd || !this.#text.startsWith(close, start)) throw unusual;
    this.#at = start + close.length;
    return out;
  }

  /** Reads an element that was not foreseen, and foresees it after `before` from now on; undefined for no member. */
  #unexpected(
    out: Record<string, unknown>,
    plan: StructPlan,
    { start, before }: { start: number; before: Member | undefined },
  ): Member | undefined {
    const member = this.#lookup(plan, start);
    if (!member) return undefined;
    if (before) before.next = member;
    else plan.first = member;
    this.#member(out, member, this.#text.charCodeAt(this.#at - 2) === SLASH);
    return member;
  }

  /** Finds the member of the tag at `start` and steps over the tag; an element without a member is skipped whole. */
  #lookup(plan: StructPlan, start: number): Member | undefined {
    const text = this.#text;
    const end = text.indexOf('>', start);
    if (end < 0) throw unusual;
    const empty = text.charCodeAt(end - 1) === SLASH;
    const tag = text.slice(start + 1, empty ? end - 1 : end);
    const member = plan.members.get(tag);
    if (!member && !/^[\w.:-]+$/.test(tag)) throw unusual;
    this.#at = end + 1;
    if (!member && !empty) this.#skip();
    return member;
  }

  /** Steps over everything up to the end of the element that was just opened. */
  #skip(): void {
    const text = this.#text;
    for (let depth = 1; depth > 0; ) {
      const start = text.indexOf('<', this.#at);
      const end = text.indexOf('>', start);
      const first = text.charCodeAt(start + 1);
      if (start < 0 || end < 0 || first === 33 || first === 63) throw unusual;
      if (first === SLASH) depth -= 1;
      else if (text.charCodeAt(end - 1) !== SLASH) depth += 1;
      this.#at = end + 1;
    }
  }

  #member(out: Record<string, unknown>, member: Member, empty: boolean): void {
    const { name, plan } = member;
    if (plan.kind === 'list' && plan.flat) {
      const items = (out[name] ??= []) as unknown[];
      items.push(this.#value(plan.item, member.close, empty));
      return;
    }
    // The SDK makes something odd of an element that comes twice; it is let do so.
    if (out[name] !== undefined) throw unusual;
    out[name] = this.#value(plan, member.close, empty);
  }

  #value(plan: Plan, close: string, empty: boolean): unknown {
    switch (plan.kind) {
      case 'struct':
        return empty ? {} : this.#struct(plan, close);
      case 'list':
        return empty ? [] : this.#list(plan, close);
      case 'map':
        return empty ? {} : this.#map(plan, close);
      case 'opaque':
        throw unusual;
      default:
        return this.#leaf(plan, close, empty);
    }
  }

  #leaf(plan: LeafPlan, close: string, empty: boolean): unknown {
    if (empty) return plan.kind === 'string' ? '' : this.#leaves.read('', plan);
    const text = this.#text;
    const end = text.indexOf('<', this.#at);
    if (!text.startsWith(close, end)) throw unusual;
    let value = text.slice(this.#at, end);
    this.#at = end + close.length;
    // Only white space with a line end in it is indentation, not a value.
    if (value.charCodeAt(0) <= SPACE && value.includes('\n') && isBlank(value)) value = '';
    if (value.includes('&')) value = decodeEntities(value);
    return plan.kind === 'string' ? value : this.#leaves.read(value, plan);
  }

  #list(plan: ListPlan, close: string): unknown[] {
    const text = this.#text;
    const items: unknown[] = [];
    for (;;) {
      const start = text.indexOf('<', this.#at);
      if (start !== this.#at) this.#gap(start);
      if (text.startsWith(plan.open, start)) {
        this.#at = start + plan.open.length;
        items.push(this.#value(plan.item, plan.close, false));
      } else if (text.startsWith(close, start)) {
        this.#at = start + close.length;
        return items;
      } else if (text.startsWith(plan.empty, start)) {
        this.#at = start + plan.empty.length;
        items.push(this.#value(plan.item, plan.close, true));
      } else throw unusual;
    }
  }

  #map(plan: MapPlan, close: string): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    while (!this.#takes(close)) {
      if (!this.#takes('<entry>') || !this.#takes(`<${plan.keyTag}>`)) throw unusual;
      const end = this.#text.indexOf('<', this.#at);
      const key = decodeEntities(this.#text.slice(this.#at, end));
      this.#at = end;
      if (key === '__proto__' || !this.#takes(`</${plan.keyTag}>`)) throw unusual;
      out[key] = this.#entryValue(plan);
      if (!this.#takes('</entry>')) throw unusual;
    }
    return out;
  }

  #entryValue({ value, valueTag }: MapPlan): unknown {
    if (this.#takes(`<${valueTag}/>`)) return this.#value(value, '', true);
    if (!this.#takes(`<${valueTag}>`)) throw unusual;
    return this.#value(value, `</${valueTag}>`, false);
  }

  #takes(tag: string): boolean {
    const start = this.#text.indexOf('<', this.#at);
    if (!this.#text.startsWith(tag, start)) return false;
    this.#gap(start);
    this.#at = start + tag.length;
    return true;
  }

  /** Between two tags there is nothing, or the indentation of a pretty printer. */
  #gap(start: number): void {
    if (start === this.#at) return;
    if (start < 0) throw unusual;
    const between = this.#text.slice(this.#at, start);
    if (!between.includes('\n') || !isBlank(between)) throw unusual;
  }
}
