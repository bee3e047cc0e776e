/**
 * Adds to package-lock.json the packages of other platforms that npm left out. A mirror that has only this platform's
 * builds makes `npm install` drop the others without a word, and `npm ci` then refuses the lock ("Missing: … from lock
 * file"), here and everywhere. Entries carry no digest, because nobody here has seen the files; npm adds it when it can.
 * `npm run lock` after every `npm install`; `npm run check` fails when it is forgotten.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { report } from './report.ts';

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}
export interface Lock {
  packages: Record<string, Entry>;
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const machines = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** os, cpu and libc as npm's packages of builds have them in their names: "binding-linux-arm64-musl". */
export function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = machines.find((machine) => words.includes(machine));
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  if (!os || !cpu) return undefined;
  return { cpu: [cpu], ...(libc && os === 'linux' ? { libc: [libc] } : {}), os: [os] };
}

/** The entries that the lock lacks, by their path in it. Pure. */
export function missingEntries({ packages }: Lock): Record<string, Entry> {
  const missing: Record<string, Entry> = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const platform = platformOf(name);
      const present = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => packages[place]);
      if (present || !platform || !/^\d/.test(version)) continue;
      missing[`node_modules/${name}`] = { version, ...platform, ...(dev ? { dev } : {}), optional: true };
    }
  }
  return missing;
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const missing = missingEntries(lock);
  if (process.argv.includes('--check')) {
    report(
      'lock',
      Object.keys(missing).map((path) => `package-lock.json lacks ${path}: run npm run lock`),
    );
  } else if (Object.keys(missing).length > 0) {
    const all = Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`);
  }
}
