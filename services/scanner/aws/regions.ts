/** AWS's regions by partition, as the SDK ships them (@aws-sdk/core, partitions.js); regions.test.ts compares the two. */

export interface Partition {
  readonly id: string;
  /** Where the partition's global services (IAM) are called. */
  readonly home: string;
  readonly regions: readonly string[];
}

const partition = (id: string, home: string, regions: string): Partition => ({
  id,
  home,
  regions: regions.split(/\s+/),
});

const partitions: readonly Partition[] = [
  partition(
    'aws',
    'us-east-1',
    `af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
     ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
     eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
     me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2`,
  ),
  partition('aws-cn', 'cn-northwest-1', 'cn-north-1 cn-northwest-1'),
  partition('aws-eusc', 'eusc-de-east-1', 'eusc-de-east-1'),
  partition('aws-iso', 'us-iso-east-1', 'us-iso-east-1 us-iso-west-1'),
  partition('aws-iso-b', 'us-isob-east-1', 'us-isob-east-1 us-isob-west-1'),
  partition('aws-iso-e', 'eu-isoe-west-1', 'eu-isoe-west-1'),
  partition('aws-iso-f', 'us-isof-south-1', 'us-isof-east-1 us-isof-south-1'),
  partition('aws-us-gov', 'us-gov-west-1', 'us-gov-east-1 us-gov-west-1'),
];

/** Stands in the configuration for the regions that each account has enabled. */
export const allRegions = 'all';

/** Every region's name. */
export const regions: readonly string[] = partitions.flatMap((p) => p.regions);

/** The partition of a region; that of the public cloud for a name that is in none. */
export function partitionOf(region: string | undefined): Partition {
  return partitions.find((p) => p.regions.includes(region ?? '')) ?? (partitions[0] as Partition);
}
