/** Reads a directory of policies: Rego, and data.json or data.yaml where a bundle of OPA would have them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { parseDocument, type YAMLParseError } from 'yaml';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import type { RegoFile } from './compiler/requests.ts';
import type { Diagnostic } from './policy.contract.ts';
import { compileRules, isRules } from './rules/compile-rules.ts';

export interface Sources {
  /** Paths are relative to the directory, with `/`; sorted. */
  readonly files: readonly RegoFile[];
  readonly tests: readonly RegoFile[];
  /** The document under `data`; a data file in `a/b/` stands at `a.b`. */
  readonly data: Record<string, unknown>;
  /** Data files that cannot be read. */
  readonly errors: readonly Diagnostic[];
}

/** More is a wrong directory, not a set of policies. */
const maxFiles = 5000;
const maxBytes = 32 * 1024 * 1024;
const maxDepth = 12;
const dataNames = new Set(['data.json', 'data.yaml', 'data.yml']);

/** Errors: POLICY_LOAD when the directory cannot be read or holds more than can be policies. */
export async function readSources(directory: string): Promise<Sources> {
  try {
    return sourcesOf(await readTexts(directory, await listFiles(directory)));
  } catch (cause) {
    if (codeOf(cause) !== 'INTERNAL') throw cause;
    throw elavaError('POLICY_LOAD', `${directory} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** What is neither Rego, a rule policy nor data is left out. Paths are relative, with `/`. */
export function sourcesOf(texts: readonly RegoFile[]): Sources {
  const rego = texts.filter(({ path }) => path.endsWith('.rego'));
  const rules = compileRules(texts.filter(({ path }) => isRules(path)));
  const { data, errors } = mergeData(texts.filter(({ path }) => dataNames.has(posix.basename(path))));
  return {
    files: [...rego.filter(({ path }) => !isTest(path)), ...rules.files],
    tests: rego.filter(({ path }) => isTest(path)),
    data,
    errors: [...errors, ...rules.errors],
  };
}

function isTest(path: string): boolean {
  return path.endsWith('_test.rego');
}

/** Follows links to files and directories, as a ConfigMap's; names with a dot in front are its bookkeeping. */
async function listFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > maxDepth) throw elavaError('POLICY_LOAD', `${root}/${folder} is nested deeper than ${maxDepth}`);
    for (const name of (await readdir(join(root, folder))).sort()) {
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = posix.join(folder, name);
      const entry = await stat(join(root, path));
      if (entry.isDirectory()) await walk(path, depth + 1);
      else if (name.endsWith('.rego') || isRules(name) || dataNames.has(name)) found.push(path);
      if (found.length > maxFiles) throw elavaError('POLICY_LOAD', `${root} holds more than ${maxFiles} files`);
    }
  };
  await walk('', 0);
  return found.sort();
}

async function readTexts(root: string, paths: readonly string[]): Promise<RegoFile[]> {
  let bytes = 0;
  const texts: RegoFile[] = [];
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8');
    bytes += text.length;
    if (bytes > maxBytes) throw elavaError('POLICY_LOAD', `${root} holds more than ${maxBytes} bytes`);
    texts.push({ path, text });
  }
  return texts;
}

/** JSON is YAML, so one reader serves both and says where a fault is. */
function mergeData(files: readonly RegoFile[]): Pick<Sources, 'data' | 'errors'> {
  const data: Record<string, unknown> = {};
  const errors = files.flatMap(({ path, text }): Diagnostic[] => {
    const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
    const [fault] = document.errors;
    if (fault) return [diagnosticOf(path, fault)];
    const message = graft(data, posix.dirname(path), document.toJS({ maxAliasCount: 100 }));
    return message === '' ? [] : [{ code: 'data_error', message, file: path, row: 1, col: 1 }];
  });
  return { data, errors };
}

function diagnosticOf(file: string, { message, linePos }: YAMLParseError): Diagnostic {
  const { line: row, col } = linePos?.[0] ?? { line: 1, col: 1 };
  return { code: 'data_error', message: message.split('\n')[0] ?? '', file, row, col };
}

/** Puts an object at `folder` into the tree; what is wrong with it, or "". */
function graft(data: Record<string, unknown>, folder: string, value: unknown): string {
  if (!isObject(value)) return 'the data must be an object';
  let at = data;
  for (const name of folder === '.' ? [] : folder.split('/')) {
    const next = (at[name] ??= {});
    if (!isObject(next)) return `data.${folder.replaceAll('/', '.')} is a value already`;
    at = next;
  }
  const twice = Object.keys(value).find((key) => key in at);
  if (twice !== undefined) return `${twice} is given twice`;
  Object.assign(at, value);
  return '';
}
