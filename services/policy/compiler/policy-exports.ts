/** Reads from a compiled policy what it says about itself: https://www.openpolicyagent.org/docs/wasm (ABI 1.x). */

export interface PolicyExports {
  /** Entrypoint (`elava/waste/decision`) → number to evaluate it by. */
  readonly entrypoints: Readonly<Record<string, number>>;
  /** Function that the host must supply → number that the policy calls it by. */
  readonly builtins: Readonly<Record<string, number>>;
}

interface Policy {
  builtins(): number;
  entrypoints(): number;
  opa_json_dump(value: number): number;
}

/** Instantiates the policy once, without running any rule of it. */
export function readPolicyExports(wasm: Uint8Array<ArrayBuffer>): PolicyExports {
  // As many as the constants of the largest sources that are taken (32 MiB) can need; pages that are not touched cost nothing.
  const memory = new WebAssembly.Memory({ initial: 1024 });
  const unexpected = (): never => {
    throw new Error('the policy called its host before it was evaluated');
  };
  const calls = [
    'opa_abort',
    'opa_println',
    'opa_builtin0',
    'opa_builtin1',
    'opa_builtin2',
    'opa_builtin3',
    'opa_builtin4',
  ];
  const env = { memory, ...Object.fromEntries(calls.map((name) => [name, unexpected])) };
  const policy = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env }).exports as unknown as Policy;
  const read = (value: number): Record<string, number> => JSON.parse(textAt(memory, policy.opa_json_dump(value)));
  return { entrypoints: read(policy.entrypoints()), builtins: read(policy.builtins()) };
}

/** A NUL-terminated string. */
function textAt(memory: WebAssembly.Memory, at: number): string {
  const bytes = new Uint8Array(memory.buffer, at);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}
