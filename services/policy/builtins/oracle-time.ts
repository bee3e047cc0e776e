/** Rego expressions that try time.*. */
const q = (text: string): string => JSON.stringify(text);
const stamps = `
  2026-11-22T10:11:12Z, 2026-11-22T10:11:12.123456789+02:00, 2026-11-22T1:02:03Z, 2026-02-30T00:00:00Z,
  2024-02-29T23:59:59.5-07:30, 2026-11-22 10:11:12Z, 2026-11-22T10:11:12, 2026-11-22T24:00:00Z, x,
  1600-01-01T00:00:00Z, 2300-01-01T00:00:00Z, 2026-11-22T10:11:12.5Z, 2026-11-22T10:11:60Z, 2026-11-22T10:11:12z
`
  .split(',')
  .map((one) => one.trim())
  .concat('', '2026-11-22T10:11:12,5Z');
const parses: ReadonlyArray<readonly [string, string]> = [
  ['2006-01-02', '2026-11-22'],
  ['2006-1-2', '2026-1-9'],
  ['02 Jan 2006', '22 Nov 2026'],
  ['Monday, 2 January 2006', 'Sunday, 22 November 2026'],
  ['RFC822', '22 Nov 26 10:11 UTC'],
  ['RFC822Z', '22 Nov 26 10:11 +0100'],
  ['RFC850', 'Sunday, 22-Nov-26 10:11:12 GMT'],
  ['RFC1123', 'Sun, 22 Nov 2026 10:11:12 GMT+2'],
  ['RFC1123Z', 'Sun, 22 Nov 2026 10:11:12 -0330'],
  ['ANSIC', 'Sun Nov  1 10:11:12 2026'],
  ['UnixDate', 'Sun Nov 22 10:11:12 CEST 2026'],
  ['RubyDate', 'Sun Nov 22 10:11:12 -0700 2026'],
  ['RFC3339Nano', '2026-11-22T10:11:12.000000001Z'],
  ['3:04PM', '4:05PM'],
  ['03:04:05 pm', '12:00:01 am'],
  ['2006-002', '2024-060'],
  ['2006-002', '2023-366'],
  ['2006-01-02 002', '2024-03-01 061'],
  ['15h', '7h'],
  ['2006-01-02T15:04:05.000Z07:00', '2026-11-22T10:11:12.12Z'],
  ['2006-01-02T15:04:05.999', '2026-11-22T10:11:12'],
  ['_2 Jan', ' 5 Feb'],
  ['2006', '26'],
  ['06', '68'],
  ['06', '69'],
  ['Jan', 'foo'],
  ['', ''],
  ['-07:00:00', '+01:02:03'],
  ['Z0700', 'Z'],
];
const layouts = `
  RFC3339|RFC1123|RFC850|ANSIC|UnixDate|RubyDate|RFC822Z|2006-01-02|06/1/2 3:4:5 pm|
  002 __2 Jan January Mon Monday|15:04:05.000|15:04:05.999|.000000|Z07 -07 Z07:00:00 -070000|_2006 _2|
`
  .split('|')
  .map((one) => one.trim());
const times = ['0', '1795000000123456789', '-1', '1709251199999999999', '[1795000000000000000, "America/New_York"]'];
const zones = ['UTC', '', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Nowhere/Land'];

export const timeExpressions: Readonly<Record<string, readonly string[]>> = {
  'time.now_ns': ['time.now_ns()', 'time.now_ns() - 1795000000123456789'],
  'time.parse_rfc3339_ns': stamps.map((one) => `time.parse_rfc3339_ns(${q(one)})`),
  'time.parse_ns': parses.map(([layout, text]) => `time.parse_ns(${q(layout)}, ${q(text)})`),
  'time.parse_duration_ns': [
    '1h',
    '1.5h',
    '-2m3s',
    '1d',
    '2w',
    '1y2d',
    '100ms',
    '5us',
    '5µs',
    '.5s',
    '5',
    '',
    'x',
    '1h-2m',
    '0',
    '300y',
    '+3s',
  ].map((one) => `time.parse_duration_ns(${q(one)})`),
  'time.format': [
    ...layouts.map((layout) => `time.format([1795000000123456789, "UTC", ${q(layout)}])`),
    ...zones.map((zone) => `time.format([1782000000123456789, ${q(zone)}])`),
    'time.format(1795000000123456789)',
    'time.format(1795000000000000000)',
    'time.format([1795000000000000000, "America/New_York", "RFC1123"])',
    'time.format(input.text)',
  ],
  'time.date': [...times, 'input.text', 'input.empty', '1e18'].map((one) => `time.date(${one})`),
  'time.clock': [...times, ...zones.map((zone) => `[1782000000123456789, ${q(zone)}]`)].map(
    (one) => `time.clock(${one})`,
  ),
  'time.weekday': times.map((one) => `time.weekday(${one})`),
  'time.add_date': [
    'time.add_date(1795000000123456789, 0, 1, 0)',
    'time.add_date(1709251199999999999, 1, 0, 0)',
    'time.add_date(1706659200000000000, 0, 1, 0)',
    'time.add_date(0, -1, -13, -40)',
    'time.add_date(input.before_winter, 0, 0, 1)',
    'time.add_date(input.before_summer, 0, 0, 1)',
    'time.add_date(0, 500, 0, 0)',
  ],
  'time.diff': [
    'time.diff(1795000000123456789, 0)',
    'time.diff(0, 1795000000123456789)',
    'time.diff(1709251199999999999, 1706659200000000000)',
    'time.diff([1795000000000000000, "Asia/Kolkata"], 1709251199999999999)',
    'time.diff(5, 5)',
  ],
};
