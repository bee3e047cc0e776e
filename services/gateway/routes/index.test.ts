import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Route } from '../route.ts';
import { routes } from './index.ts';

/** Files of this folder that hold no route of their own. */
const others = new Set(['index.ts']);

test('every route of this folder is in the list', async () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name) && !others.has(name));
  for (const file of files) {
    const found = Object.values((await import(`./${file}`)) as Record<string, unknown>).filter(
      (value): value is Route => typeof value === 'function' && /^[a-z]\w*Route$/.test(nameOf(value)),
    );
    expect([file, found.length > 0, found.every((route) => routes.includes(route))]).toEqual([file, true, true]);
  }
});

function nameOf(value: object): string {
  return (value as { name?: string }).name ?? '';
}
