/** Rego expressions that try sprintf. */
const verbs = ['v', 's', 'd', 'q', 'f', 'e', 'g', 'x', 'X', 'o', 'b', 't', 'T', 'c', 'U', 'E', 'G', 'O', 'z'];
const values = [
  '"text"',
  '42',
  '-7',
  '3.5',
  'true',
  'null',
  '[1, "a"]',
  '{"b": 2, "a": {1}}',
  '12345678901234567890',
  '""',
];
const flags = ['5', '-5', '05', '+', ' ', '8.3', '.2', '-8.1', '#', '+05', '.0', '12', '-012'];
/** `%b` and `%x` of a fraction are Go's hexadecimal floats, which this host refuses. */
const refused = (verb: string, value: string): boolean => ['b', 'x', 'X'].includes(verb) && value === '3.5';

const sprintf = (format: string, ...args: string[]): string =>
  `sprintf(${JSON.stringify(format)}, [${args.join(', ')}])`;
const plain = verbs.flatMap((verb) =>
  values.filter((value) => !refused(verb, value)).map((value) => sprintf(`<%${verb}>`, value)),
);
const flagged = ['v', 's', 'd', 'q', 'f', 'x'].flatMap((verb) =>
  flags.flatMap((flag) => values.slice(0, 4).map((value) => [flag, verb, value] as const)),
);
const fractions = [
  '0.5',
  '1.5',
  '2.5',
  '1.25',
  '0.125',
  '1e21',
  '1e-7',
  '123456.789',
  '1e6',
  '100000.0',
  '1.0',
  '0.1',
  '5e-324',
];

export const formatExpressions: Readonly<Record<string, readonly string[]>> = {
  sprintf: [
    ...plain,
    ...flagged
      .filter(([flag, verb, value]) => !refused(verb, value) && !(flag === '#' && value === '3.5' && verb !== 'v'))
      .map(([flag, verb, value]) => sprintf(`<%${flag}${verb}>`, value)),
    ...fractions.flatMap((one) =>
      ['%v', '%f', '%.1f', '%.0f', '%g', '%.3g', '%e', '%.2e', '%8.2f|'].map((f) => sprintf(f, one)),
    ),
    sprintf('%d of %d', '1'),
    sprintf('%d', '1', '2', '"x"'),
    sprintf('%[2]v %[1]v', '1', '2'),
    sprintf('%[3]v', '1'),
    sprintf('%[x]v', '1'),
    sprintf('%[1]d %[1]x', '255'),
    sprintf('%*d|%-*d|', '5', '42', '6', '7'),
    sprintf('%.*f', '2', '3.14159'),
    sprintf('%*d', '"x"', '1'),
    sprintf('%'),
    sprintf('100%%'),
    sprintf('%5'),
    sprintf('%!', '1'),
    sprintf('%.3s|%.10s|%5.1s|', '"äöüß"', '"ab"', '"xyz"'),
    sprintf('%q %+q %#q', '"tab\\tnew\\nline \\"x\\" é 😀"', '"é😀"', '"raw"'),
    sprintf('%x % x %#x', '"hi there"', '"hi"', '"hi"'),
    sprintf('%99999999d', '1'),
    sprintf('%1000001d', '1'),
    sprintf('%v %v', '{1, 2, "a"}', 'set()'),
    sprintf('%s', '{"x": [1.0, 1e3, 0.10]}'),
    sprintf('%d', '9007199254740993'),
    sprintf('%d %v %x', '-9223372036854775808', '9223372036854775808', '18446744073709551616'),
    sprintf('%c%c', '128512', '55296'),
    'sprintf("%v", input.text)',
    sprintf('%w', '"x"'),
  ],
};
