/** Findings in the forms that other products read. */
import type { Evaluation } from '../../../services/history/history.contract.ts';
import { write } from '../output.ts';
import { ocsfOf } from './ocsf.ts';
import { sarifFoot, sarifHead, sarifResult, sarifRule } from './sarif.ts';

export const exchangeForms = ['ocsf', 'sarif'] as const;
export type ExchangeForm = (typeof exchangeForms)[number];

/** OCSF: one event a line. SARIF: one log. Page by page, as they come. */
export async function writeExchange(form: ExchangeForm, pages: AsyncIterable<readonly Evaluation[]>): Promise<void> {
  if (form === 'sarif') return writeSarif(pages);
  for await (const page of pages) await write(page.map((one) => `${JSON.stringify(ocsfOf(one))}\n`).join(''));
}

async function writeSarif(pages: AsyncIterable<readonly Evaluation[]>): Promise<void> {
  const rules = new Set<string>();
  let first = true;
  await write(sarifHead);
  for await (const page of pages) {
    for (const one of page) rules.add(sarifRule(one));
    const lines = page.map((one) => JSON.stringify(sarifResult(one)));
    if (lines.length > 0) await write(`${first ? '' : ','}\n${lines.join(',\n')}`);
    first &&= lines.length === 0;
  }
  await write(sarifFoot(rules));
}
