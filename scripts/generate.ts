/** Writes every generated document; `--check` writes nothing and fails when one is not what it would be. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { actionRoles } from './generators/action-roles.ts';
import { cliDocs } from './generators/cli.ts';
import { configDocs } from './generators/config.ts';
import { dashboardFiles } from './generators/dashboards.ts';
import { errorDocs } from './generators/errors.ts';
import { eventDocs } from './generators/events.ts';
import { gatekeeperFiles } from './generators/gatekeeper.ts';
import { iamFiles } from './generators/iam.ts';
import { metricDocs } from './generators/metrics.ts';
import { openApiDocs } from './generators/openapi.ts';
import type { Output } from './generators/output.ts';
import { policyEventDocs } from './generators/policy-events.ts';
import { policyInputDocs } from './generators/policy-input.ts';
import { resourceDocs } from './generators/resources.ts';
import { report } from './report.ts';

/** One line a generator. */
export async function outputs(): Promise<Output[]> {
  return [
    ...actionRoles(),
    ...cliDocs(),
    ...configDocs(),
    ...errorDocs(),
    ...metricDocs(),
    ...dashboardFiles(),
    ...gatekeeperFiles(),
    ...iamFiles(),
    ...resourceDocs(),
    ...(await eventDocs()),
    ...policyEventDocs(),
    ...(await openApiDocs()),
    ...(await policyInputDocs()),
  ];
}

function onDisk(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

if (import.meta.main) {
  const stale = (await outputs()).filter(({ path, text }) => onDisk(path) !== text);
  if (process.argv.includes('--check')) {
    report(
      'generated',
      stale.map(({ path }) => `${path} is out of step with its source: run npm run generate`),
    );
  } else {
    for (const { path, text } of stale) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      console.error(`wrote ${path}`);
    }
  }
}
