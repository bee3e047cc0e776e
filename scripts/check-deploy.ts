/**
 * `npm run check:deploy`: what is under deploy/ and can be checked without a cluster. Charts are linted and rendered, alerts
 * are unit-tested by promtool, each has its runbook and asks for metrics that there are, and NATS reads its users.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { processEnv } from '../lib/config/env.ts';
import { metricTable } from '../lib/metrics-table.ts';
import { natsServer, promtool } from './cluster-tools.ts';
import { toolPath } from './k8s-substrate-build.ts';

const rules = 'deploy/prometheus/alerts.yaml';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook_url: string };
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...processEnv(), ...env } });
}

function alerts(): readonly Rule[] {
  const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

/** A heading becomes an anchor in lower case. */
function checkRunbooks(): void {
  const anchors = new Set(
    [...readFileSync('docs/runbooks.md', 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name),
  );
  for (const { alert, annotations } of alerts()) {
    if (!anchors.has(alert)) throw new Error(`${alert} has no part in docs/runbooks.md`);
    const url = `docs/runbooks.md#${alert.toLowerCase()}`;
    if (annotations.runbook_url !== url) throw new Error(`${alert} leads to ${annotations.runbook_url}, not to ${url}`);
  }
}

function checkMetrics(): void {
  const names = new Set<string>(Object.values(metricTable).map(({ name }) => name));
  for (const { alert, expr } of alerts()) {
    for (const [found] of expr.matchAll(/\belava_\w+/g)) {
      if (!names.has(found) && !names.has(found.replace(/_(bucket|count|sum)$/, '')))
        throw new Error(`${alert} asks for ${found}, which there is not`);
    }
  }
}

function checkCharts(): void {
  const helm = toolPath('helm');
  if (!existsSync(helm))
    return console.error('helm is not built (scripts/k8s-substrate.ts builds it): charts are not rendered');
  for (const chart of ['elava', 'sovereignty']) run(helm, ['lint', '--strict', `deploy/helm/${chart}`]);
  const everything = [
    'metrics.serviceMonitor.enabled=true',
    'metrics.rules.enabled=true',
    'roles.scanner.keda.enabled=true',
  ];
  const sets = everything.flatMap((one) => ['--set', one]);
  run(helm, ['template', 'elava', 'deploy/helm/elava', '--kube-version', '1.36.3', ...sets]);
}

function checkNats(): void {
  const users = ['HISTORY', 'ORCHESTRATOR', 'SCANNER', 'MEMBER', 'ADMIN'];
  const passwords = Object.fromEntries(users.map((name) => [`NATS_${name}`, 'secret']));
  run(natsServer(), ['-c', 'deploy/nats/users.conf', '-t'], passwords);
}

const steps: Readonly<Record<string, () => void>> = {
  'the rules are valid': () => run(promtool(), ['check', 'rules', rules]),
  'the rules fire when they should': () => run(promtool(), ['test', 'rules', 'deploy/prometheus/alerts.test.yaml']),
  'each alert has its runbook': checkRunbooks,
  'each alert asks for metrics that there are': checkMetrics,
  'the charts render': checkCharts,
  'NATS reads its users': checkNats,
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    step();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    const { stderr } = error as { stderr?: Buffer };
    console.log(`FAIL ${name}: ${stderr?.toString() || (error as Error).message}`);
  }
}
console.log(`${Object.keys(steps).length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
