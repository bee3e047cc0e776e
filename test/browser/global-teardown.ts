import { once } from 'node:events';

export default async function teardown(): Promise<void> {
  const demo = globalThis.elavaDemo;
  if (!demo || demo.exitCode !== null || demo.signalCode !== null) return;
  demo.kill('SIGTERM');
  await once(demo, 'exit');
}
