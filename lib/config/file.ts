/** elava.yaml: text → settings with their line and column. */
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { type Given, type Layer, meant, type Problem } from './layer.ts';
import { canonicalPath, isSection, type Kind, knownPaths, settingAt } from './settings.ts';

/** Reads the text of a configuration file; `name` is how messages call it. Every problem is in the layer, none thrown. */
export function fileLayer(text: string, name: string): Layer {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const reader = new FileReader(name, lines);
  const syntax = doc.errors.map(({ message, pos }) =>
    syntaxProblem(reader.place(pos[0]), message.split('\n')[0] ?? ''),
  );
  visit(doc, {
    Alias: (_key, alias) =>
      void syntax.push(syntaxProblem(reader.place(startOf(alias)), 'aliases are not read here: write it out')),
  });
  if (syntax.length === 0) reader.mapping(doc.contents, '');
  return { source: 'file', given: reader.given, problems: [...syntax, ...reader.problems] };
}

function syntaxProblem(place: string, message: string): Problem {
  return { code: 'CONFIG_SYNTAX', message: `${place}: ${message}` };
}

class FileReader {
  readonly given: Given[] = [];
  readonly problems: Problem[] = [];
  readonly #name: string;
  readonly #lines: LineCounter;

  constructor(name: string, lines: LineCounter) {
    this.#name = name;
    this.#lines = lines;
  }

  place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#name}:${line}:${col}`;
  }

  /** An empty section or file is one whose settings are all commented out. */
  mapping(node: Node | null, path: string): void {
    if (node === null || (isScalar(node) && node.value === null)) return;
    if (isMap(node)) for (const pair of node.items) this.#pair(pair as Pair<Node, Node | null>, path);
    else this.#problem('CONFIG_INVALID', node, `${path || 'the file'} must be a mapping`);
  }

  #pair({ key, value }: Pair<Node, Node | null>, above: string): void {
    const path = `${above ? `${above}.` : ''}${isScalar(key) ? String(key.value) : '?'}`;
    const setting = settingAt(path);
    if (!setting) {
      if (isSection(path)) this.mapping(value, path);
      else this.#problem('CONFIG_UNKNOWN_KEY', key, `unknown key ${path}${meant(path, knownPaths)}`);
      return;
    }
    if (value === null || (isScalar(value) && value.value === null)) return;
    const raw = plain(value, setting.kind);
    const where = (at: readonly string[]): string => this.place(offsetOf(value, at));
    this.given.push({ setting, raw, name: canonicalPath(path) === path ? setting.path : path, where });
  }

  #problem(code: Problem['code'], node: Node, message: string): void {
    this.problems.push({ code, message: `${this.place(startOf(node))}: ${message}` });
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Where the part `at` of a value begins: for an entry of a mapping its key, for what is absent what should hold it. */
function offsetOf(node: Node, [step, ...rest]: readonly string[]): number {
  if (step === undefined) return startOf(node);
  if (isSeq(node)) return offsetOf((node.items[Number(step)] ?? node) as Node, rest);
  const pair = isMap(node) ? pairOf(node, step) : undefined;
  if (!pair) return startOf(node);
  return rest.length === 0 || !pair.value ? startOf(pair.key) : offsetOf(pair.value, rest);
}

function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  return (map.items as Pair<Node, Node | null>[]).find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/**
 * The value of a node. Where a text is wanted, a number keeps the digits that were written: YAML reads the account
 * 012345678901 as a number and would drop its zero.
 */
function plain(node: Node | null, kind: Kind | undefined): unknown {
  if (isMap(node)) {
    const pairs = node.items as Pair<Node, Node | null>[];
    return Object.fromEntries(pairs.map(({ key, value }) => [keyText(key), plain(value, kindOf(kind, keyText(key)))]));
  }
  if (isSeq(node)) return (node.items as Node[]).map((item) => plain(item, kind?.items));
  if (!isScalar(node)) return null;
  return typeof node.value === 'number' && kind?.type === 'string' ? (node.source ?? node.value) : node.value;
}

function keyText(key: Node): string {
  return isScalar(key) ? String(key.value) : '?';
}

function kindOf(kind: Kind | undefined, key: string): Kind | undefined {
  return kind?.properties?.[key] ?? Object.values(kind?.patternProperties ?? {})[0];
}
