/** The whole scan of all types but EC2's own beside the stock SDK that makes the same calls and does nothing else. */
import type { Unit } from '../lib/resource.ts';
import { awsTypes } from '../services/scanner/aws/resources/index.ts';
import { record, StockClients } from './scan-replay.ts';
import { alternating, ourScan, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const region = 'us-east-1';
const types = [...awsTypes.values()].filter(({ service, shallow }) => service !== 'ec2' && !shallow);

export const scenario: Scenario = {
  name: 'scan.other',
  peer: 'AWS SDK v3, the same calls, nothing done with the answers',
  target: 0.8,
  unit: 'resources/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    // One account, so that both sides use the caller's own credentials.
    const aws = await simulateAws({
      accounts: 1,
      regions: [region],
      resources: Math.round(6000 * scale),
      types: 'all',
    });
    const account = aws.accounts[0] ?? '';
    const units: Unit[] = types.map(({ type, global }) => ({ account, region: global ? 'global' : region, type }));
    const ours = ourScan(aws);
    try {
      const recording = await record(() => ours.scan(units));
      const stock = await StockClients.make(aws, recording);
      return await alternating(rounds, { ours: () => ours.scan(units), peer: () => stock.replay(recording) });
    } finally {
      ours.close();
      await aws.stop();
    }
  },
};
