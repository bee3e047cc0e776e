/** Go's strconv.Quote and its relatives. */

interface QuoteFlags {
  /** A raw string in backquotes where that is possible. */
  readonly sharp: boolean;
  /** Only ASCII. */
  readonly plus: boolean;
}

/** Go's IsPrint: letters, marks, numbers, punctuation, symbols and the space of ASCII. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

export function quote(text: string, flags: QuoteFlags): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a raw string cannot hold.
  if (flags.sharp && !/[\x00-\x08\x0a-\x1f`\x7f\ufeff]/.test(text)) return `\`${text}\``;
  return `"${[...text].map((rune) => escape(rune, '"', flags.plus)).join('')}"`;
}

export function quoteRune(rune: string, flags: QuoteFlags): string {
  return `'${escape(rune, "'", flags.plus)}'`;
}

function escape(rune: string, delimiter: string, asciiOnly: boolean): string {
  if (rune === delimiter || rune === '\\') return `\\${rune}`;
  const code = rune.codePointAt(0) ?? 0;
  if (printable.test(rune) && (!asciiOnly || code < 0x80)) return rune;
  const name = named[rune];
  if (name !== undefined) return name;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
