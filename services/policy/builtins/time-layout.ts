/** Go's layouts, in which `2006-01-02T15:04:05Z07:00` stands for a time: https://pkg.go.dev/time#Layout */

/** A piece of a layout: text as it stands, or one element of the time. */
export interface Piece {
  readonly literal: string;
  /** As the layout writes it, "" after the last literal. */
  readonly token: string;
}

/** In Go's order of preference. Digits of a fraction end where no further digit follows. */
const token = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm',
    '[-Z]070000|[-Z]07:00:00|[-Z]0700|[-Z]07:00|[-Z]07',
    '[.,](?:0+|9+)(?![0-9])',
  ].join('|'),
  'g',
);

const named: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

/** Layouts that were read; a layout made from data must not fill the memory. */
const read = new Map<string, Piece[]>();
const maxRead = 100;

/** A layout, or one of Go's by its name. */
export function piecesOf(layout: string): readonly Piece[] {
  const known = read.get(layout);
  if (known) return known;
  if (read.size >= maxRead) read.clear();
  const pieces = split(layout);
  read.set(layout, pieces);
  return pieces;
}

function split(layout: string): Piece[] {
  const text = Object.hasOwn(named, layout) ? (named[layout] ?? layout) : layout;
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    pieces.push({ literal: text.slice(from, match.index), token: match[0] });
    from = match.index + match[0].length;
  }
  return [...pieces, { literal: text.slice(from), token: '' }];
}

export const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
export const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
