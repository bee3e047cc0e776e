import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { table } from './table.ts';

describe('table', () => {
  test('aligns columns, numbers to the right', () => {
    expect(
      table(
        ['TYPE', 'N'],
        [
          ['s3', '12'],
          ['security_group', '3'],
        ],
        { right: [1] },
      ),
    ).toEqual(['TYPE             N', 's3              12', 'security_group   3']);
  });

  test('fits the width by cutting the widest column', () => {
    const lines = table(['ID', 'WHY'], [['i-1', 'x'.repeat(200)]], { width: 40 });
    expect(lines[1]).toHaveLength(40);
    expect(lines[1]).toMatch(/^i-1 {2}x+…$/);
  });

  test('never cuts where there is no terminal', () => {
    expect(table(['WHY'], [['x'.repeat(200)]])[1]).toHaveLength(200);
  });

  test('colour codes take no width', () => {
    const red = styleText('red', 'deny', { validateStream: false });
    const lines = table(
      ['D', 'W'],
      [
        [red, 'a'],
        ['flag', 'b'],
      ],
    );
    expect(
      lines.map((line) =>
        stripVTControlCharacters(line).indexOf(line === lines[0] ? 'W' : line.endsWith('a') ? 'a' : 'b'),
      ),
    ).toEqual([6, 6, 6]);
  });
});
