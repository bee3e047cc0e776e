/** What can be looked at without the cloud: versions, configuration, the store, policies. */
import { arch, platform } from 'node:os';
import { loadConfig } from '../../../lib/config/load.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { clientOf } from '../../../lib/contract.ts';
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import { version } from '../../../lib/version.ts';
import { historyContract } from '../../../services/history/history.contract.ts';
import { checkPolicies } from '../../../services/policy/authoring.ts';
import { RegoCompiler } from '../../../services/policy/compiler/compiler.ts';
import { policyDirectory } from '../../../services/policy/engine.ts';
import { flagsOf, type GlobalOptions, withSession } from '../session.ts';
import { type Check, fail, failed, ok, skip, warn } from './check.ts';
import { checkTrails } from './trails.ts';

/** Node 24 runs the sources as they are; the embedded engine is there for Linux with glibc. */
const nodeMajor = 24;

export function checkVersions(): Check {
  const { node } = process.versions;
  const said = `elava ${version}, Node ${node}, ${platform()} ${arch()}`;
  if (Number(node.split('.')[0]) < nodeMajor)
    return failed('versions', { code: 'INTERNAL', detail: said }, { next: 'Run "npm ci": it installs Node 24.' });
  if (platform() !== 'linux')
    return warn('versions', said, {
      next: 'The embedded store runs on Linux; set storage.url to a ClickHouse server.',
    });
  return ok('versions', said);
}

/** The configuration, undefined when it cannot be read. */
export function checkConfig(options: GlobalOptions): { config?: Config; checks: Check[] } {
  try {
    const { config, file, origins, warnings } = loadConfig(flagsOf(options));
    const set = [...origins.values()].filter(({ from }) => from !== 'default').length;
    const said = ok('config', `${file ?? 'no file, defaults only'}; ${set} settings differ from the defaults`);
    const odd = warnings.map((text) => warn('config', text, { next: 'See docs/config.md for the names.' }));
    return { config, checks: [said, ...odd] };
  } catch (error) {
    return { checks: [fail('config', error)] };
  }
}

/** A store that another process serves is well; what it holds is asked there. */
export async function checkStore(config: Config, options: GlobalOptions & { server?: string }): Promise<Check[]> {
  if (options.server !== undefined) return [await checkServer(options.server)];
  try {
    return await withSession(config, { ...options, roles: ['history'], level: 'silent' }, async ({ broker }) => {
      const history = clientOf(historyContract, broker);
      const { engine, resources, bytes, last_commit } = await history.status({});
      const size = `${(bytes / 1_048_576).toFixed(1)} MiB`;
      const when = last_commit === '' ? 'nothing written yet' : `written ${last_commit.slice(0, 16)}`;
      const store = ok('store', `${engine}: ${resources.toLocaleString('en')} resources, ${size}, ${when}`);
      if (!config.analyzer.drift.attribution) return [store];
      return [store, ...checkTrails((await history.cursors({})).cursors)];
    });
  } catch (error) {
    if (codeOf(error) !== 'STORE_IN_USE') return [fail('store', error)];
    const next = 'If that is "elava serve", all is well; --server with its address asks it.';
    return [warn('store', messageOf(error), { next })];
  }
}

async function checkServer(server: string): Promise<Check> {
  const base = URL.canParse(server) ? server : `http://${server}`;
  try {
    const { ok: well, status } = await fetch(new URL('/health', base), { signal: AbortSignal.timeout(SERVER_MS) });
    if (well) return ok('store', `${base} serves it`);
    return failed('store', { code: 'GATEWAY_UNREACHABLE', detail: `${base}/health answers ${status}` });
  } catch (error) {
    const why = messageOf((error as Error).cause ?? error);
    return failed('store', { code: 'GATEWAY_UNREACHABLE', detail: `${base} does not answer: ${why}` });
  }
}
const SERVER_MS = 10_000;

export async function checkPolicyFiles({ policies }: Config): Promise<Check[]> {
  if (!policies.enabled) return [skip('policies', 'policies.enabled is false: nothing is judged')];
  const directory = policyDirectory(policies.path);
  if (/^https?:|\.tar\.gz$/.test(directory))
    return [skip('policies', `${directory} is a bundle: it is checked when it is loaded`)];
  const compiler = new RegoCompiler();
  try {
    const { errors, rules, files } = await checkPolicies({ directory, compiler });
    if (errors.length === 0) return [ok('policies', `${directory}: ${rules.length} rules in ${files} files compile`)];
    return errors.map(({ file, row, col, message }) =>
      fail('policies', elavaError('POLICY_SYNTAX', `${file}:${row}:${col}: ${message}`)),
    );
  } catch (error) {
    return [fail('policies', error)];
  } finally {
    await compiler.close();
  }
}
