/** Outcomes of tests in JUnit's XML, as CI systems read it. */
import type { TableOutcome, Tested } from '../authoring.ts';
import type { TestOutcome } from '../compiler/requests.ts';

export function junitOf({ tests, tables }: Pick<Tested, 'tests' | 'tables'>): string {
  const byPackage = Map.groupBy(tests, (test) => test.package);
  const byFile = Map.groupBy(tables, (row) => row.file);
  const suites = [
    ...[...byPackage].map(([name, own]) => suite(name, own.map(testCase))),
    ...[...byFile].map(([name, own]) => suite(name, own.map(tableCase))),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

interface Case {
  readonly outcome: 'pass' | 'fail' | 'error' | 'skip';
  readonly xml: string;
}

function suite(name: string, cases: readonly Case[]): string {
  const count = (outcome: Case['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}"`;
  return `  <testsuite name="${escape(name)}" ${counts}>\n${cases.map(({ xml }) => xml).join('')}  </testsuite>\n`;
}

function testCase({
  package: classname,
  name,
  outcome,
  file,
  row,
  micros,
  failedAt,
  error,
  output,
}: TestOutcome): Case {
  const place = failedAt
    ? `${failedAt.file}:${failedAt.row}:${failedAt.col}: ${failedAt.text}`
    : (error?.message ?? '');
  const details = {
    pass: '',
    skip: '<skipped/>',
    fail: `<failure message="${escape(place)}"/>`,
    error: `<error message="${escape(place)}"/>`,
  };
  const printed = output ? `<system-out>${escape(output)}</system-out>` : '';
  const at = `classname="${escape(classname)}" name="${escape(name)}" file="${escape(file)}" line="${row}"`;
  const time = (micros / 1e6).toFixed(6);
  return { outcome, xml: `    <testcase ${at} time="${time}">${details[outcome]}${printed}</testcase>\n` };
}

function tableCase({ file, name, passed, instead }: TableOutcome): Case {
  const failure = passed ? '' : `<failure message="${escape(`came to ${instead}`)}"/>`;
  const xml = `    <testcase classname="${escape(file)}" name="${escape(name)}">${failure}</testcase>\n`;
  return { outcome: passed ? 'pass' : 'fail', xml };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML has no way to write most control characters, so they go. */
function escape(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '').replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}
