/** Rego expressions by the function that they try; the answers come from OPA (oracle.test.ts). */
import { encodingExpressions } from './oracle-encoding.ts';
import { formatExpressions } from './oracle-format.ts';
import { timeExpressions } from './oracle-time.ts';
import { interpretedExpressions, tokenExpressions } from './oracle-tokens.ts';

const q = (text: string): string => JSON.stringify(text);
const versions = ['1.2.3', 'v1.2.3', '1.2', '01.2.3', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-2'];
const moreVersions = ['1.0.0-10', '1.0.0-01', '1.0.0-rc.1+build.5', '1.0.0+', '9223372036854775807.0.0', ''];
const sizes = [
  '10',
  '10KB',
  '10k',
  '1.5KiB',
  '1e3',
  '1E3KB',
  '2Mi',
  '3gb',
  '0.5TiB',
  '1.5eib',
  '"10"',
  '10 KB',
  'KB',
  '-3k',
];
const amounts = ['100m', '1.5', '2K', '2k', '3Mi', '3mi', '0.25G', '1e2', '7E', '1.23m', '1.5x', '0.1Ki', '+4', '1.m'];
const networks = ['10.0.0.0/8', '10.1.2.3/16', '0.0.0.0/0', '192.168.1.0/24', '::/0', '::/80', '2001:db8::/32'];
const inner = [
  '10.1.2.3',
  '10.1.0.0/24',
  '::ffff:10.0.0.1',
  '::ffff:10.0.0.0/104',
  '2001:db8::1',
  'fe80::1',
  'x',
  '::/80',
];

export const expressions: Readonly<Record<string, readonly string[]>> = {
  ...formatExpressions,
  ...timeExpressions,
  ...tokenExpressions,
  ...interpretedExpressions,
  ...encodingExpressions,
  'regex.match': [
    'regex.match(`^[a-z]+$`, "abc")',
    'regex.match(`(?i)PROD`, "my-prod-db")',
    'regex.match(`a.c`, "a\\nc")',
    'regex.match(`(?s)a.c`, "a\\nc")',
    'regex.match(`^\\pL+$`, "Ünï")',
    'regex.match(`(`, "x")',
    'regex.match(`\\d{3}-\\w+`, "see 123-abc")',
    'regex.match(`(a+)+$`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
    'regex.match(`\\bfoo\\b`, "a foo b")',
    'regex.match(`\\Qa.b\\E`, "a.b")',
  ],
  'regex.is_valid': [
    'regex.is_valid(`a(b`)',
    'regex.is_valid(`a(b)`)',
    'regex.is_valid(`(?=a)`)',
    'regex.is_valid(`\\1`)',
  ],
  'regex.split': [
    'regex.split(`,\\s*`, "a, b,c")',
    'regex.split(`(,)`, "a,b")',
    'regex.split(``, "abc")',
    'regex.split(`x*`, "axbxc")',
    'regex.split(`,`, "")',
    'regex.split(`,`, ",a,")',
    'regex.split(`[`, "a")',
  ],
  'regex.replace': [
    'regex.replace("foo bar", `o+`, "0")',
    'regex.replace("a1b22", `([a-z])(\\d+)`, "$2$1")',
    'regex.replace("a1", `(?P<l>[a-z])(\\d)`, "${l}-$l-$2x")',
    'regex.replace("abc", ``, "-")',
    'regex.replace("abc", `b`, "$$")',
    'regex.replace("abc", `(b)?x?`, "[$1]")',
    'regex.replace("äöü", `ö`, "o")',
    'regex.replace("abc", `(`, "o")',
  ],
  'regex.find_n': [
    'regex.find_n(`a.`, "paranormal", 1)',
    'regex.find_n(`a.`, "paranormal", -1)',
    'regex.find_n(`a*`, "baaac", -1)',
    'regex.find_n(`[`, "x", -1)',
    'regex.find_n(`a`, "aaa", 0)',
  ],
  'regex.find_all_string_submatch_n': [
    'regex.find_all_string_submatch_n(`a(x*)b`, "-axxb-ab-", -1)',
    'regex.find_all_string_submatch_n(`(\\w)(\\d)?`, "ab1", -1)',
    'regex.find_all_string_submatch_n(`x`, "abc", -1)',
    'regex.find_all_string_submatch_n(`(a)|(b)`, "ab", 1)',
  ],
  'semver.is_valid': [...versions, ...moreVersions].map((one) => `semver.is_valid(${q(one)})`),
  'semver.compare': versions.flatMap((a) =>
    [...versions, '1.0.0', '1.0.0-10'].map((b) => `semver.compare(${q(a)}, ${q(b)})`),
  ),
  'units.parse_bytes': sizes.map((one) => `units.parse_bytes(${q(one)})`),
  'units.parse': amounts.map((one) => `units.parse(${q(one)})`),
  'net.cidr_contains': networks.flatMap((a) =>
    [...networks, ...inner].map((b) => `net.cidr_contains(${q(a)}, ${q(b)})`),
  ),
  'net.cidr_intersects': networks.flatMap((a) => networks.map((b) => `net.cidr_intersects(${q(a)}, ${q(b)})`)),
  'net.cidr_is_valid': ['10.0.0.0/8', '10.0.0.0/33', '10.0.0.1', '::/0', '::/129', 'x', '10.0.0.0/08', '1.2.3/8'].map(
    (one) => `net.cidr_is_valid(${q(one)})`,
  ),
  'net.cidr_expand': ['192.168.0.1/30', '10.0.0.7/32', '2001:db8::/126', '::/127', '1:0:0:2::/127', 'x'].map(
    (one) => `net.cidr_expand(${q(one)})`,
  ),
  'net.cidr_merge': [
    'net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"])',
    'net.cidr_merge(["10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8"])',
    'net.cidr_merge({"192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/24"})',
    'net.cidr_merge(["2001:db8::/33", "2001:db8:8000::/33"])',
    'net.cidr_merge(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"])',
    'net.cidr_merge(["x"])',
    'net.cidr_merge(["::1"])',
    'net.cidr_merge([])',
  ],
  'net.cidr_contains_matches': [
    'net.cidr_contains_matches("1.1.1.0/24", "1.1.1.128")',
    'net.cidr_contains_matches(["1.1.1.0/24", "1.1.2.0/24"], ["1.1.1.128", "1.1.254.254"])',
    'net.cidr_contains_matches([["1.1.0.0/16", "foo"], "1.1.2.0/24"], {"x": "1.1.1.128", "y": ["1.1.254.254", "bar"]})',
    'net.cidr_contains_matches({["1.1.0.0/16", "foo"], "1.1.2.0/24"}, {"1.1.1.128"})',
    'net.cidr_contains_matches(["x"], ["1.1.1.1"])',
  ],
  'numbers.range_step': [
    'numbers.range_step(1, 10, 3)',
    'numbers.range_step(10, 1, 4)',
    'numbers.range_step(1, 1, 1)',
    'numbers.range_step(1, 5, 0)',
    'numbers.range_step(-3, 3, 2)',
  ],
  concat: ['concat(",", {"b", "a", "c"})', 'concat("-", ["b", "a"])', 'concat(",", set())', 'concat(", ", ["x"])'],
  indexof_n: [
    'indexof_n("sad", "a")',
    'indexof_n("aaaa", "aa")',
    'indexof_n("äöäö", "ö")',
    'indexof_n("x", "")',
    'indexof_n("x", "y")',
  ],
  'strings.any_prefix_match': [
    'strings.any_prefix_match("foobar", "foo")',
    'strings.any_prefix_match({"a/b", "c"}, ["c", "d"])',
    'strings.any_prefix_match([], ["c"])',
    'strings.any_prefix_match(["ab", "abc"], {"abd"})',
  ],
  'strings.any_suffix_match': [
    'strings.any_suffix_match("foobar", "bar")',
    'strings.any_suffix_match(["x.io", "y"], {".io"})',
    'strings.any_suffix_match("a", [])',
  ],
  'strings.count': ['strings.count("cheese", "e")', 'strings.count("five", "")', 'strings.count("aaaa", "aa")'],
  'strings.split_n': [
    'strings.split_n("a.b.c", ".", 2)',
    'strings.split_n("a.b.c", ".", -1)',
    'strings.split_n("a.b.c", ".", 0)',
    'strings.split_n("a.b.c", ".", 9)',
    'strings.split_n("abc", "", 2)',
    'strings.split_n("abc", "", -2)',
  ],
  'glob.quote_meta': ['glob.quote_meta("*.domain.com")', 'glob.quote_meta("a[b]{c}?d\\\\e-f")'],
};
