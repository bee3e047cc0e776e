/** Settings from environment variables. Nothing else of this program reads the environment. */
import { type Given, type Layer, meant } from './layer.ts';
import { type Kind, settings } from './settings.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process, for the few who hand it to a child or ask about the terminal. */
export function processEnv(): Env {
  return process.env;
}

/** Names the configuration file. */
export const FILE_VARIABLE = 'ELAVA_CONFIG';

/** An empty variable counts as unset, as `${NAME:-}` in manifests leaves it. */
export function envLayer(env: Env): Layer {
  const given = settings.flatMap((setting) =>
    setting.env.flatMap((name): Given[] => {
      const text = env[name];
      if (text === undefined || text === '' || isServiceLink(text)) return [];
      return [{ setting, raw: fromText(text, setting.kind), name, where: () => 'environment' }];
    }),
  );
  return { source: 'env', given, problems: [] };
}

/**
 * Names of our prefix that no setting has, each with the nearest. A warning and no error: Kubernetes puts the address
 * of every service into the environment, and one called "elava" sets ELAVA_SERVICE_HOST and more.
 */
export function unknownVariables(env: Env): string[] {
  const known = settings.flatMap((setting) => setting.env);
  const injected = /_SERVICE_(HOST|PORT)(_|$)|_PORT(_\d+_(TCP|UDP|SCTP)(_|$)|$)/;
  return Object.keys(env)
    .filter(
      (name) => name.startsWith('ELAVA_') && name !== FILE_VARIABLE && !known.includes(name) && !injected.test(name),
    )
    .map((name) => `unknown environment variable ${name}${meant(name, known)}`);
}

/** A service "elava-gateway" makes Kubernetes set ELAVA_GATEWAY_PORT to "tcp://10.0.0.1:8181". */
function isServiceLink(text: string): boolean {
  return /^(tcp|udp|sctp):\/\//.test(text);
}

/** A text as a value of the kind: "true", "8181", "a,b", or JSON for what has structure. Unreadable texts stay texts. */
export function fromText(text: string, kind: Kind): unknown {
  if (kind.items || kind.patternProperties) return structureOf(text, kind);
  if (kind.type === 'boolean') return booleans[text.toLowerCase()] ?? text;
  if (kind.type === 'integer' || kind.type === 'number') return numberOf(text);
  return text;
}

function structureOf(text: string, kind: Kind): unknown {
  if (kind.items?.type === 'string' && !text.trimStart().startsWith('['))
    return text.split(',').map((item) => item.trim());
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numberOf(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};
