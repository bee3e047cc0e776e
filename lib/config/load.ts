/** The configuration: flag > environment > file > default. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type ElavaError, elavaError } from '../errors.ts';
import { type Env, envLayer, FILE_VARIABLE, fromText, processEnv, unknownVariables } from './env.ts';
import { fileLayer } from './file.ts';
import { type Given, type Layer, meant, type Problem, problemsOf, type Source } from './layer.ts';
import { readValue } from './read.ts';
import type { Config } from './schema.ts';
import { knownPaths, type Setting, settingAt, settings } from './settings.ts';

export interface LoadOptions {
  readonly cwd?: string;
  readonly env?: Env;
  /** The configuration file; else $ELAVA_CONFIG, else ./elava.yaml where there is one. */
  readonly file?: string;
  /** Dotted path → value; a text is read as the environment's are, undefined is no flag. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

export interface Origin {
  readonly from: Source | 'default';
  /** "elava.yaml:12:3", "ELAVA_STORAGE_PATH", the flag's path; "" for a default. */
  readonly where: string;
}

export interface Loaded {
  readonly config: Config;
  /** The file that was read. */
  readonly file: string | undefined;
  /** Where each setting came from, by its dotted path. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What is odd but no error. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks all of it; the result is frozen. Errors name file:line:column or the variable, and list every
 * problem found: CONFIG_NOT_FOUND, CONFIG_SYNTAX, CONFIG_UNKNOWN_KEY, CONFIG_INVALID, CONFIG_CONFLICT.
 */
export function loadConfig({
  cwd = process.cwd(),
  env = processEnv(),
  file: named,
  flags = {},
}: LoadOptions = {}): Loaded {
  const file = readConfigFile(cwd, named ?? (env[FILE_VARIABLE] || undefined));
  const layers = [flagLayer(flags), envLayer(env), ...(file ? [fileLayer(file.text, file.name)] : [])];
  const problems = layers.flatMap(problemsOf);
  if (problems.length > 0) throw configError(problems);
  return { ...merge(layers), file: file?.path, warnings: unknownVariables(env) };
}

/** `layers` without problems, the strongest first. */
function merge(layers: readonly Layer[]): Pick<Loaded, 'config' | 'origins'> {
  const origins = new Map<string, Origin>();
  const config: Record<string, unknown> = {};
  for (const setting of settings) {
    const { value, origin } = choose(setting, layers);
    origins.set(setting.path, origin);
    put(config, setting.path.split('.'), value);
  }
  return { config: freeze(config) as Config, origins };
}

interface ConfigFile {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

function readConfigFile(cwd: string, named: string | undefined): ConfigFile | undefined {
  const path = resolve(cwd, named ?? 'elava.yaml');
  try {
    return { path, name: named ?? basename(path), text: readFileSync(path, 'utf8') };
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && named === undefined) return undefined;
    const message = missing ? `there is no file ${path}` : `${path} cannot be read: ${(cause as Error).message}`;
    throw elavaError('CONFIG_NOT_FOUND', message, { cause });
  }
}

function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [path, value] of Object.entries(flags)) {
    const setting = settingAt(path);
    if (value === undefined) continue;
    if (!setting)
      problems.push({ code: 'CONFIG_UNKNOWN_KEY', message: `flag: unknown setting ${path}${meant(path, knownPaths)}` });
    else
      given.push({
        setting,
        raw: typeof value === 'string' ? fromText(value, setting.kind) : value,
        name: path,
        where: () => 'flag',
      });
  }
  return { source: 'flag', given, problems };
}

function choose(setting: Setting, layers: readonly Layer[]): { value: unknown; origin: Origin } {
  const shipped = setting.kind.default;
  for (const { source, given } of layers) {
    const found = given.find((one) => one.setting === setting);
    if (!found) continue;
    const raw = setting.kind['x-keep'] ? { ...(shipped as object), ...(found.raw as object) } : found.raw;
    const where = source === 'file' ? found.where([]) : found.name;
    return { value: readValue(setting.kind, raw).value, origin: { from: source, where } };
  }
  return { value: readValue(setting.kind, shipped).value, origin: { from: 'default', where: '' } };
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  into[key] ??= {};
  put(into[key] as Record<string, unknown>, rest, value);
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

function configError(problems: readonly Problem[]): ElavaError {
  const code = problems[0]?.code ?? 'CONFIG_INVALID';
  return elavaError(code, problems.map(({ message }) => message).join('\n'), { data: { problems } });
}
