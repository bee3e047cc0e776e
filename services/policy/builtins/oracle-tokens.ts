/** Tokens, and functions that OPA's interpreter answers for us: that they are asked rightly. Cases: scripts/test-conformance.ts. */
const q = (text: string): string => JSON.stringify(text);

// The key of RFC 7515, A.1, and the token that it signs there; no secret.
const octets =
  '{"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}';
const header = '{"typ": "JWT", "alg": "HS256"}';
const token =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const signed = `io.jwt.encode_sign(${header}, {"aud": "me", "exp": 2000000000}, {"kty": "oct", "k": "c2VjcmV0"})`;

const asymmetric = ['rs', 'ps', 'es'].flatMap((family) =>
  ['256', '384', '512'].map((size) => `verify_${family}${size}`),
);
const publicKey = '{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}';

export const tokenExpressions: Readonly<Record<string, readonly string[]>> = {
  'io.jwt.decode': [`io.jwt.decode(${q(token)})`, 'io.jwt.decode("a.b")', 'io.jwt.decode("e30.e30.x")'],
  'io.jwt.encode_sign': [signed, `io.jwt.encode_sign({"alg": "none"}, {}, ${octets})`],
  'io.jwt.encode_sign_raw': [
    `io.jwt.encode_sign_raw(${q(header)}, "{}", ${q(octets)})`,
    `io.jwt.encode_sign_raw(${q(header)}, "no JSON", ${q(octets)})`,
    `io.jwt.encode_sign_raw("{}", "{}", ${q(octets)})`,
  ],
  'io.jwt.decode_verify': [
    `io.jwt.decode_verify(${q(token)}, {"cert": ${q(octets)}, "iss": "joe", "time": 1000000000000000000})`,
    `io.jwt.decode_verify(${q(token)}, {"cert": ${q(octets)}})`,
    `io.jwt.decode_verify(${signed}, {"secret": "secret", "aud": "me"})`,
    `io.jwt.decode_verify(${signed}, {"secret": "secret"})`,
    `io.jwt.decode_verify(${signed}, {"secret": "secret", "aud": "me", "alg": "HS512"})`,
    `io.jwt.decode_verify(${signed}, {"secret": "other", "aud": "me"})`,
    `io.jwt.decode_verify(${signed}, {"secret": "secret", "unknown": 1})`,
    `io.jwt.decode_verify(${signed}, {})`,
  ],
  ...Object.fromEntries(
    ['256', '384', '512'].map((size) => [
      `io.jwt.verify_hs${size}`,
      [`io.jwt.verify_hs${size}(${signed}, "secret")`, `io.jwt.verify_hs${size}("a.b", "secret")`],
    ]),
  ),
  ...Object.fromEntries(
    [...asymmetric, 'verify_eddsa'].map((name) => [
      `io.jwt.${name}`,
      [`io.jwt.${name}(${q(token)}, ${q(publicKey)})`, `io.jwt.${name}(${q(token)}, "no key")`],
    ]),
  ),
};

const schema = '{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}';
const graphSchema = 'type Query { name: String }';

export const interpretedExpressions: Readonly<Record<string, readonly string[]>> = {
  'json.match_schema': [`json.match_schema({"id": 1}, ${schema})`, `json.match_schema({"id": "x"}, ${schema})`],
  'json.verify_schema': [`json.verify_schema(${schema})`, 'json.verify_schema({"type": "nothing"})'],
  'graph.reachable_paths': [
    'graph.reachable_paths({"a": {"b"}, "b": {"c", "d"}}, {"a"})',
    'graph.reachable_paths({"a": ["a"]}, ["a"])',
  ],
  'graphql.parse': [`graphql.parse("{ name }", ${q(graphSchema)})`, `graphql.parse("{ nothing }", ${q(graphSchema)})`],
  'graphql.parse_and_verify': [`graphql.parse_and_verify("{ name }", ${q(graphSchema)})`],
  'graphql.parse_query': ['graphql.parse_query("{ name }")', 'graphql.parse_query("{")'],
  'graphql.parse_schema': [`graphql.parse_schema(${q(graphSchema)})`],
  'graphql.is_valid': [
    `graphql.is_valid("{ name }", ${q(graphSchema)})`,
    `graphql.is_valid("{ x }", ${q(graphSchema)})`,
  ],
  'graphql.schema_is_valid': [`graphql.schema_is_valid(${q(graphSchema)})`, 'graphql.schema_is_valid("type")'],
  'regex.globs_match': ['regex.globs_match("a.*", "ab.*")', 'regex.globs_match("a", "b+")'],
  'regex.template_match': ['regex.template_match("urn:{.*}", "urn:x", "{", "}")'],
  'rego.parse_module': [
    'rego.parse_module("a.rego", "package a")["package"].path[1].value',
    'rego.parse_module("a.rego", "?")',
  ],
  'strings.render_template': ['strings.render_template("{{.a}} and {{.b}}", {"a": 1, "b": "x"})'],
  'uri.is_valid': ['uri.is_valid("https://example.com/a?b=c")', 'uri.is_valid("http://a b")'],
  'uri.parse': ['uri.parse("https://example.com:8080/a?b=c#d")'],
  'uuid.parse': ['uuid.parse("00000000-0000-4000-8000-000000000000")', 'uuid.parse("x")'],
  'yaml.is_valid': ['yaml.is_valid("a: [1")', 'yaml.is_valid("a: 1")'],
  'yaml.marshal': ['yaml.marshal({"a": [1, {2}]})'],
  'yaml.unmarshal': ['yaml.unmarshal("a: [1, x]")'],
  'crypto.x509.parse_certificates': ['crypto.x509.parse_certificates("none")'],
};
