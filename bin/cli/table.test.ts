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

  test('leaves out spare columns, the last first, until what is left can be read', () => {
    const head = ['TYPE', 'ACCOUNT', 'REGION', 'NAME', 'WHY'];
    const row = ['security_group', '210000000273', 'eu-central-1', 'pricing-1-sg', 'x'.repeat(100)];
    const heads = (width: number) => table(head, [row], { width, spare: [1, 2] })[0]?.split(/ +/);
    expect(heads(100)).toEqual(head);
    expect(heads(80)).toEqual(['TYPE', 'ACCOUNT', 'NAME', 'WHY']);
    expect(heads(60)).toEqual(['TYPE', 'NAME', 'WHY']);
    expect(table(head, [row], { width: 60, spare: [1, 2] })[1]).toHaveLength(60);
    expect(table(head, [row], { spare: [1, 2] })[0]?.split(/ +/)).toEqual(head);
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
