/** The whole scan of EC2 instances (list, parse, map, hash, compare, ready to store) beside the stock SDK that only lists. */
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { alternating, awsSettings, fourAtOnce, ourScan, type SimulatedAws, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const regions = ['us-east-1'];

export const scenario: Scenario = {
  name: 'scan.ec2',
  peer: 'AWS SDK v3, the same pages, only listed',
  target: 1.8,
  unit: 'resources/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    const aws = await simulateAws({ accounts: 4, regions, resources: Math.round(55_000 * scale) });
    const units = aws.accounts.map((account) => ({ account, region: 'us-east-1', type: 'ec2' }));
    const clients = await stockClients(aws);
    const ours = ourScan(aws);
    try {
      return await alternating(rounds, {
        ours: () => ours.scan(units),
        peer: () => fourAtOnce(clients, listAll),
      });
    } finally {
      ours.close();
      await aws.stop();
    }
  },
};

async function stockClients(aws: SimulatedAws): Promise<EC2Client[]> {
  const sts = new STSClient({ region: 'us-east-1' });
  return Promise.all(
    awsSettings(aws).accounts.map(async ({ role_arn }) => {
      if (role_arn === '') return new EC2Client({ region: 'us-east-1' });
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: role_arn, RoleSessionName: 'bench' }));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      return new EC2Client({ region: 'us-east-1', credentials });
    }),
  );
}

async function listAll(client: EC2Client): Promise<number> {
  let count = 0;
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeInstancesCommand({ MaxResults: 200, ...(NextToken ? { NextToken } : {}) }),
    );
    for (const { Instances = [] } of page.Reservations ?? []) count += Instances.length;
    NextToken = page.NextToken;
  } while (NextToken);
  return count;
}
