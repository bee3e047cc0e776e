/**
 * Builds what the tests on a real Kubernetes API server need, from the Go module proxy alone: `node scripts/k8s-substrate.ts`.
 * Each tool stands in the cache under its name and version and is built once; when all are there nothing is done.
 * `--jobs N` bounds the compiler's processes, a tool's name builds only that one.
 */
import { parseArgs } from 'node:util';
import { provide, substrateFolder } from './k8s-substrate-build.ts';
import { tools } from './k8s-substrate-tools.ts';

const { values, positionals } = parseArgs({
  options: { jobs: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !tools.some((tool) => tool.name === name));
if (unknown.length > 0) {
  console.error(`no tool ${unknown.join(', ')}; there are ${tools.map((tool) => tool.name).join(' ')}`);
  process.exitCode = 2;
} else {
  for (const tool of tools) {
    if (positionals.length === 0 || positionals.includes(tool.name)) provide(tool, Number(values.jobs));
  }
  console.error(`k8s-substrate: ready in ${substrateFolder}`);
}
