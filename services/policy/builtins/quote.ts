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

/** A raw string cannot hold control characters but the tab, backquotes and the byte order mark. */
const notRaw = /[\p{Cc}`\ufeff]/u;

export function quote(text: string, flags: QuoteFlags): string {
  if (flags.sharp && !notRaw.test(text.replaceAll('\t', ''))) return `\`${text}\``;
  return `"${[...text].map((rune) => escape(rune, '"', flags.plus)).join('')}"`;
}

export function quoteRune(rune: string, flags: QuoteFlags): string {
  return `'${escape(rune, "'", flags.plus)}'`;
}

function escape(rune: string, delimiter: string, asciiOnly: boolean): string {
  if (rune === delimiter || rune === '\\') return `\\${rune}`;
  const code = rune.codePointAt(0) ?? 0;
  if (printable.test(rune) && (!asciiOnly || code < 0x80)) return rune;
  return named[rune] ?? byNumber(code);
}

function byNumber(code: number): string {
  const digits = (width: number): string => code.toString(16).padStart(width, '0');
  if (code < 0x20 || code === 0x7f) return `\\x${digits(2)}`;
  return code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}
