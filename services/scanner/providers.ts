/** The clouds that there are. A provider is a folder beside this file and a line in it. */
import type { Runtime } from '../../lib/runtime.ts';
import { awsProvider } from './aws/provider.ts';
import type { Provider } from './provider.ts';

export type ProviderRuntime = Pick<Runtime, 'config' | 'clock' | 'metrics'> & Partial<Pick<Runtime, 'log' | 'cluster'>>;

export function providerOf(runtime: ProviderRuntime): Provider {
  return awsProvider(runtime);
}
