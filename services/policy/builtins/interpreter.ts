/**
 * Functions that few policies call and that would be large here (graphql.*, X.509, JSON schemas, AWS signatures): OPA's
 * own interpreter answers them, in this thread, from the compiler's WebAssembly. It has no network, files or environment.
 * The first call in a thread takes about half a second, each one some milliseconds and the thread then holds its memory.
 */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { elavaError } from '../../../lib/errors.ts';
import { withMemoryLimit } from '../compiler/memory-limit.ts';
import { type Reactor, startReactor } from '../compiler/reactor.ts';
import type { Builtin, BuiltinContext } from '../host/policy-instance.ts';
import { type RegoValue, regoText } from '../host/values.ts';
import type { Entries } from './define.ts';
import { parseJson } from './parse-json.ts';

const mebibyte = 1_048_576;
const memoryBytes = 256 * mebibyte;
/** An instance that has grown beyond this is replaced: its memory never shrinks. */
const recycleBytes = 128 * mebibyte;
/** Text of one call; the parser takes many times as much. */
const maxText = 4 * mebibyte;

const names = `
  crypto.parse_private_keys
  crypto.x509.parse_and_verify_certificates crypto.x509.parse_and_verify_certificates_with_options
  crypto.x509.parse_certificate_request crypto.x509.parse_certificates crypto.x509.parse_keypair
  crypto.x509.parse_rsa_private_key graph.reachable_paths graphql.is_valid graphql.parse graphql.parse_and_verify
  graphql.parse_query graphql.parse_schema graphql.schema_is_valid json.match_schema json.verify_schema
  providers.aws.sign_req regex.globs_match regex.template_match rego.parse_module strings.render_template uri.is_valid
  uri.parse uuid.parse yaml.is_valid yaml.marshal yaml.unmarshal
`;
export const interpreted: readonly string[] = names.trim().split(/\s+/);

/** Their results are sets, which come as JSON's lists. */
const giveSets = new Set(['graph.reachable_paths']);

let module: WebAssembly.Module | undefined;
let reactor: Reactor | undefined;

function start(): Reactor {
  module ??= load();
  reactor ??= startReactor(module);
  return reactor;
}

function load(): WebAssembly.Module {
  const packed = readFileSync(new URL('../compiler/rego-compiler.wasm.br', import.meta.url));
  return new WebAssembly.Module(withMemoryLimit(brotliDecompressSync(packed), memoryBytes) as Buffer<ArrayBuffer>);
}

/** The call's arguments as JSON where that tells all of them; literals of Rego have types, which the compiler minds. */
function requestOf(name: string, args: readonly RegoValue[], { nowNs }: BuiltinContext): Buffer {
  const plain = args.every(isJson);
  const texts = args.map((arg, i) => (plain ? `input[${i}]` : regoText(arg)));
  const text = `package call\n\nresult := ${name}(${texts.join(', ')})\n`;
  const request = JSON.stringify({
    op: 'eval',
    files: [{ path: 'call.rego', text }],
    query: 'data.call.result',
    builtins: interpreted,
    nowNs: String(nowNs),
  });
  const whole = plain ? `${request.slice(0, -1)},"inputs":[[${args.map(regoText).join(',')}]]}` : request;
  if (whole.length <= maxText) return Buffer.from(whole);
  throw elavaError('POLICY_EVALUATION', `${name} of more than ${maxText} characters`);
}

/** Whether `regoText` of it is JSON. */
function isJson(value: RegoValue): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (value instanceof Map) return [...value].every(([key, item]) => typeof key === 'string' && isJson(item));
  return !(value instanceof Set);
}

function send(request: Buffer, name: string): string {
  try {
    const { body, memoryBytes: held } = start().call(request);
    if (held > recycleBytes) reactor = undefined;
    return body;
  } catch (cause) {
    // Out of memory, mostly; the instance is of no more use.
    reactor = undefined;
    throw elavaError('POLICY_EVALUATION', `${name} failed: ${(cause as Error).message}`, { cause });
  }
}

/** Undefined for what OPA answers with an error: of types, while compiling, or of the call. */
function resultOf(body: string): RegoValue | undefined {
  const response = parseJson(body);
  const evaluations = response instanceof Map ? response.get('evaluations') : undefined;
  const [evaluation] = Array.isArray(evaluations) ? evaluations : [];
  const values = evaluation instanceof Map ? evaluation.get('values') : undefined;
  return Array.isArray(values) ? values[0] : undefined;
}

function builtinOf(name: string): Builtin {
  return (args, context) => {
    const result = resultOf(send(requestOf(name, args, context), name));
    if (giveSets.has(name) && Array.isArray(result)) return new Set(result);
    return name === 'providers.aws.sign_req' ? signed(args[0], result) : result;
  };
}

/** The request with the headers that were added; the rest of it, which may have sets, stays as it was. */
function signed(request: RegoValue | undefined, answer: RegoValue | undefined): RegoValue | undefined {
  if (!(request instanceof Map) || !(answer instanceof Map)) return answer;
  return new Map([...answer, ...[...request].filter(([key]) => key !== 'headers')]);
}

export const interpreterBuiltins: Entries = interpreted.map((name) => [name, builtinOf(name)] as const);
