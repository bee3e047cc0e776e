import { describe, expect, test } from '@jest/globals';
import { csvLine } from './csv.ts';

describe('csvLine', () => {
  test('quotes what needs it', () => {
    expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', 3, null, { k: 1 }])).toBe(
      'a,"b,c","say ""x""","two\nlines",3,,"{""k"":1}"\r\n',
    );
  });

  test('a tag that a spreadsheet would run as a formula becomes text', () => {
    expect(csvLine(['=cmd()', '+1', '-1', '@x', -1])).toBe("'=cmd(),'+1,'-1,'@x,-1\r\n");
  });
});
