/** Go's fmt.Sprintf as OPA's `sprintf` calls it: https://pkg.go.dev/fmt (format walking). */
import { elavaError } from '../../../lib/errors.ts';
import { type Argument, type Flags, formatVerb, typeName } from './sprintf-verbs.ts';

/** Go refuses a width or precision above a million; all verbs of one call together may not write more than this. */
const maxOutput = 16 * 1024 * 1024;
const maxNumber = 1_000_000;

/** Formats as Go does, mistakes included: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA …)`. */
export function sprintf(format: string, args: readonly Argument[]): string {
  return new Walker(format, args).run();
}

class Walker {
  readonly #format: string;
  readonly #args: readonly Argument[];
  #at = 0;
  #arg = 0;
  #reordered = false;
  #goodIndex = true;
  #afterIndex = false;
  #out = '';

  constructor(format: string, args: readonly Argument[]) {
    this.#format = format;
    this.#args = args;
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      this.#write(this.#format.slice(this.#at, end));
      this.#at = end + 1;
      if (percent >= 0 && !this.#verb()) break;
    }
    if (!this.#reordered && this.#arg < this.#args.length) this.#extra();
    return this.#out;
  }

  /** One directive after its `%`; false when the format ends before its verb. */
  #verb(): boolean {
    this.#goodIndex = true;
    const flags = this.#flags();
    this.#index();
    this.#width(flags);
    this.#precision(flags);
    if (!this.#afterIndex) this.#index();
    if (this.#at >= this.#format.length) {
      this.#write('%!(NOVERB)');
      return false;
    }
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    this.#at += verb.length;
    this.#print(verb, flags);
    return true;
  }

  #print(verb: string, flags: Flags): void {
    const argument = this.#args[this.#arg];
    if (verb === '%') this.#write('%');
    else if (!this.#goodIndex) this.#write(`%!${verb}(BADINDEX)`);
    else if (argument === undefined) this.#write(`%!${verb}(MISSING)`);
    else {
      this.#write(formatVerb(argument, verb, flags));
      this.#arg++;
    }
  }

  #flags(): Flags {
    const flags: Flags = { sharp: false, zero: false, plus: false, minus: false, space: false };
    const names = { '#': 'sharp', '0': 'zero', '+': 'plus', '-': 'minus', ' ': 'space' } as const;
    for (; ; this.#at++) {
      const name = names[this.#format[this.#at] as keyof typeof names];
      if (name === undefined) return flags;
      flags[name] = true;
    }
  }

  #width(flags: Flags): void {
    if (this.#format[this.#at] !== '*') {
      const width = this.#number();
      if (width !== undefined) flags.width = width;
      if (this.#afterIndex && width !== undefined) this.#goodIndex = false;
      return;
    }
    this.#at++;
    const width = this.#numberArgument();
    this.#afterIndex = false;
    if (width === undefined) return this.#write('%!(BADWIDTH)');
    flags.width = Math.abs(width);
    if (width >= 0) return;
    flags.minus = true;
    flags.zero = false;
  }

  #precision(flags: Flags): void {
    // A dot at the very end is no precision but the verb.
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#index();
    if (this.#format[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0;
      return;
    }
    this.#at++;
    const precision = this.#numberArgument();
    this.#afterIndex = false;
    if (precision === undefined || precision < 0) this.#write('%!(BADPREC)');
    else flags.precision = precision;
  }

  /** Digits in the format; undefined when there are none, or so large a number that Go gives up on the whole format. */
  #number(): number | undefined {
    const [digits = ''] = /^[0-9]*/.exec(this.#format.slice(this.#at, this.#at + 16)) ?? [];
    this.#at += digits.length;
    // Go checks before each further digit, so a million itself may still grow by one.
    if (digits.length > 1 && Number(digits.slice(0, -1)) > maxNumber) {
      this.#at = this.#format.length;
      return undefined;
    }
    return digits === '' ? undefined : Number(digits);
  }

  #numberArgument(): number | undefined {
    const argument = this.#args[this.#arg];
    if (argument === undefined) return undefined;
    this.#arg++;
    if (argument.kind !== 'int' || argument.value > maxNumber || argument.value < -maxNumber) return undefined;
    return Number(argument.value);
  }

  /** An explicit argument index, `[2]`. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#reordered = true;
    const rest = this.#format.slice(this.#at);
    const close = rest.indexOf(']');
    const index = /^[0-9]{1,7}$/.test(rest.slice(1, close)) ? Number(rest.slice(1, close)) : 0;
    this.#at += close < 0 || rest.length < 3 ? 1 : close + 1;
    this.#afterIndex = index > 0;
    if (index > 0 && index <= this.#args.length) this.#arg = index - 1;
    else this.#goodIndex = false;
  }

  #extra(): void {
    const plain: Flags = { sharp: false, zero: false, plus: false, minus: false, space: false };
    const rest = this.#args.slice(this.#arg).map((one) => `${typeName(one)}=${formatVerb(one, 'v', plain)}`);
    this.#write(`%!(EXTRA ${rest.join(', ')})`);
  }

  #write(text: string): void {
    this.#out += text;
    if (this.#out.length > maxOutput)
      throw elavaError('POLICY_EVALUATION', `sprintf writes more than ${maxOutput} bytes`);
  }
}
