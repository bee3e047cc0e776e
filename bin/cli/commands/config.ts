import type { Command } from 'commander';
import { loadConfig } from '../../../lib/config/load.ts';
import { type Column, type Output, writeRows } from '../output.ts';
import type { GlobalOptions } from '../session.ts';

interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
}

const columns: Column<Setting>[] = [
  { head: 'SETTING', value: (s) => s.path },
  { head: 'VALUE', value: (s) => (typeof s.value === 'string' ? s.value : JSON.stringify(s.value)) },
  { head: 'FROM', value: (s) => s.origin },
];
