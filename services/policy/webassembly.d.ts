/**
 * The parts of WebAssembly's JavaScript interface that the policy service uses. TypeScript has them only in the library
 * of the browser, whose thousand other globals must not seem to exist here.
 * https://webassembly.github.io/spec/js-api/
 */
declare namespace WebAssembly {
  type ImportValue = Memory | ((...args: never[]) => unknown);
  type ModuleImports = Record<string, ImportValue>;
  type Imports = Record<string, ModuleImports>;
  type ExportKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    static imports(module: Module): Array<{ module: string; name: string; kind: ExportKind }>;
    static exports(module: Module): Array<{ name: string; kind: ExportKind }>;
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    /** Frozen; the module decides what is in it. */
    readonly exports: Readonly<Record<string, unknown>>;
  }

  interface MemoryDescriptor {
    /** In pages of 64 KiB, as is `maximum`. */
    initial: number;
    maximum?: number;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** Replaced, and the old one detached, whenever the memory grows. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}
