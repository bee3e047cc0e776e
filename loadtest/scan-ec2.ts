/**
 * The whole scan of EC2's types (list, parse, map, hash, compare, ready to store) beside the stock SDK that only makes the same
 * calls: instances, disks, snapshots, images, networks and what hangs on them.
 */
import { awsTypes } from '../services/scanner/aws/resources/index.ts';
import { record, StockClients } from './scan-replay.ts';
import { alternating, ourScan, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const region = 'us-east-1';
const types = [...awsTypes.values()].filter(({ service }) => service === 'ec2').map(({ type }) => type);

/**
 * Scans that count as one: rubbish is collected before each side begins, which shrinks the young part of the heap, and both
 * pay for its growing again; a scan of a large estate does so once.
 */
const SCANS = 4;

async function often(work: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let i = 0; i < SCANS; i++) {
    const count = await work();
    sum += count;
  }
  return sum;
}

export const scenario: Scenario = {
  name: 'scan.ec2',
  peer: 'AWS SDK v3, the same pages, only listed',
  target: 1.8,
  unit: 'resources/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    const aws = await simulateAws({
      accounts: 4,
      regions: [region],
      resources: Math.round(24_000 * scale),
      types: 'all',
    });
    const units = aws.accounts.flatMap((account) => types.map((type) => ({ account, region, type })));
    const ours = ourScan(aws);
    try {
      const recording = await record(() => ours.scan(units));
      const stock = await StockClients.make(aws, recording);
      return await alternating(rounds, {
        ours: () => often(() => ours.scan(units)),
        peer: () => often(() => stock.replay(recording)),
      });
    } finally {
      ours.close();
      await aws.stop();
    }
  },
};
