/**
 * Who may import whom: the doors of STYLE.md. `node scripts/boundaries.ts` prints each violation and fails.
 * dependency-cruiser cannot be used: with TypeScript 7 it skips every .ts file and says that all is well.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { cyclesOf, type Import } from './boundaries-cycles.ts';
import { threadsWithBroker } from './boundaries-threads.ts';
import { report } from './report.ts';
import { sourceFiles } from './sources.ts';

interface Rule {
  readonly why: string;
  readonly from: RegExp;
  readonly notFrom?: RegExp;
  /** Told the importing file, so that a rule may speak of "its own folder". */
  readonly forbids: (to: string, from: string) => boolean;
}

/** So are `.k8s.ts`, `.nats.ts`, `.crash.ts` and `.browser.ts`: suites that need an API server, NATS, a browser, or to kill. */
const tests = /\.(test|k8s|nats|crash|whole|browser)\.ts$/;
/** Stands for an import: `config.providers.aws` ties a file to AWS as much as one does. */
const awsSettings = 'providers.aws';
const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];
/** A contract, the schemas beside it that it is made of, and who calls it where that takes more than its name. */
const isContract = (path: string): boolean =>
  /^services\/([^/]+)\/(\1\.(contract|client)|[\w-]+\.schema)\.ts$/.test(path);

export const rules: Readonly<Record<string, Rule>> = {
  'services meet at contracts': {
    why: 'what lies behind a contract may run in another process',
    from: /^services\//,
    forbids: (to, from) => serviceOf(to) !== undefined && serviceOf(to) !== serviceOf(from) && !isContract(to),
  },
  'lib knows no service': {
    why: 'lib is what services share',
    from: /^lib\//,
    forbids: (to) => /^(services|bin|loadtest|test|scripts|web)\//.test(to),
  },
  'the simulator knows no service': {
    why: 'it is the oracle of the tests and shares nothing with what it judges',
    from: /^loadtest\/aws\//,
    forbids: (to) => /^(services|bin)\//.test(to),
  },
  'AWS stays in its folder': {
    why: 'a provider is a folder behind an interface',
    from: /^/,
    notFrom: /^services\/(scanner\/aws|attribution|reconciler\/(aws|actions))\/|^loadtest\//,
    forbids: (to) => /^@(aws-sdk|smithy)\//.test(to),
  },
  'a provider is entered by its door': {
    why: 'what knows only services/scanner/provider.ts works for the next provider too',
    from: /^(services|lib|bin)\//,
    notFrom: new RegExp(`^services/scanner/(aws/|providers\\.ts$)|${tests.source}`),
    forbids: (to) => to.startsWith('services/scanner/aws/'),
  },
  "a provider's settings are its own": {
    why: 'lib/config/cloud.ts says what of them others may know',
    from: /^(services|lib|bin)\//,
    notFrom: new RegExp(
      `^services/(scanner/aws|attribution|reconciler/aws)/|^services/reconciler/desk\\.ts$|^lib/config/cloud\\.ts$|${tests.source}`,
    ),
    forbids: (to) => to === awsSettings,
  },
  'the ends of the graph are not imported': {
    why: 'the command line, scripts and tests use the product, not the other way',
    from: /^(services|lib)\//,
    notFrom: tests,
    forbids: (to) => /^(bin|scripts|test|loadtest)\//.test(to),
  },
  'no test in the product': {
    why: 'what tests share is a file of its own',
    from: /^/,
    notFrom: tests,
    forbids: (to) => tests.test(to) || to === '@jest/globals' || to === 'fast-check',
  },
  'no computed import': {
    why: 'this check could not see it',
    from: /^(services|lib)\//,
    notFrom: tests,
    forbids: (to) => to === '',
  },
};

/** What the rules forbid, one line each. Pure. */
export function violations(imports: readonly Import[]): string[] {
  const forbidden = imports.flatMap(({ from, to }) =>
    Object.entries(rules)
      .filter(([, rule]) => rule.from.test(from) && !rule.notFrom?.test(from) && rule.forbids(to, from))
      .map(([name, rule]) => `${from} imports ${to || 'something computed'}: ${name} (${rule.why})`),
  );
  const cycles = cyclesOf(imports).map((cycle) => `cycle: ${cycle.join(' → ')}`);
  const threads = threadsWithBroker(imports).map((way) => `a worker thread loads the broker: ${way.join(' → ')}`);
  return [...forbidden, ...cycles, ...threads];
}

/** Every import of a source, types too: a type ties two files together as well. */
export function importsOf(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const found = new Map<string, boolean>();
  const add = (to: string, kind: 'type' | 'value' = 'value'): void =>
    void found.set(to, found.get(to) === true || kind === 'value');
  const visitor = new Visitor({
    ImportDeclaration: ({ source, importKind }) => add(source.value, importKind),
    ExportAllDeclaration: ({ source, exportKind }) => add(source.value, exportKind),
    ExportNamedDeclaration: ({ source, exportKind }) => {
      if (source) add(source.value, exportKind);
    },
    ImportExpression: ({ source }) => add(source.type === 'Literal' ? String(source.value) : ''),
    TSImportType: ({ source }) => add(source.value, 'type'),
    MemberExpression: ({ object, property }) => {
      if (nameOf(property) === 'aws' && nameOf(object) === 'providers') add(awsSettings);
    },
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'ObjectPattern' && init && nameOf(init) === 'providers') add(awsSettings);
    },
  });
  visitor.visit(program);
  return [...found].map(([to, isLoaded]) => ({
    from: file,
    to: to.startsWith('.') ? normalize(join(dirname(file), to)) : to,
    ...(!isLoaded && { erased: true }),
  }));
}

/** Of `x`, and of `a.x`. */
function nameOf(node: { type: string; name?: unknown; property?: unknown }): string {
  if (node.type === 'Identifier') return String(node.name);
  const { property } = node as { property?: { type: string; name?: unknown } };
  return property?.type === 'Identifier' ? String(property.name) : '';
}

function unresolved(imports: readonly Import[]): string[] {
  return imports
    .filter(({ to }) => /^(bin|lib|services|loadtest|scripts|test)\//.test(to) && !existsSync(to))
    .map(({ from, to }) => `${from} imports ${to}, which does not exist`);
}

if (import.meta.main) {
  const imports = sourceFiles(/\.(ts|js)$/).flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
  report('boundaries', [...unresolved(imports), ...violations(imports)]);
}
