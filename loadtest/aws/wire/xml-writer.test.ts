/** The compiled writer's bytes are those of the SDK's own serialiser, for every operation of the two query protocols. */
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { describe, expect, test } from '@jest/globals';
import type { $Schema, StaticStructureSchema } from '@smithy/types';
import { packages } from '../server/api/index.ts';
import type { ResourceType } from '../world/estate.ts';
import { Dice, hashText } from '../world/random.ts';
import { createWorld } from '../world/world.ts';
import { randomValue } from './random-shape.ts';
import { loadService, type Operation, type Service } from './service.ts';
import { writeQueryResponse } from './xml-writer.ts';

const services = packages.map(loadService).filter(({ protocol }) => protocol.endsWith('Query'));
const text = 0;

/** The response as a structure of its own, so that the SDK's serialiser can write it whole. */
function envelope(service: Service, { name, output }: Operation): $Schema {
  const [, , , , names = [], members = []] = output.isUnitSchema() ? [] : (output.getSchema() as StaticStructureSchema);
  if (service.protocol === 'ec2Query') {
    return [3, 'test', `${name}Response`, 0, ['requestId', ...names], [text, ...members]];
  }
  const result: $Schema = [3, 'test', `${name}Result`, 0, names, members];
  const metadata: $Schema = [3, 'test', 'ResponseMetadata', 0, ['RequestId'], [text]];
  return [
    3,
    'test',
    `${name}Response`,
    0,
    [`${name}Result`, 'ResponseMetadata'],
    [
      [() => result, 0],
      [() => metadata, 0],
    ],
  ];
}

function bySdk(service: Service, operation: Operation, output: object): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    xmlNamespace: service.xmlNamespace,
    serviceNamespace: 'test',
  });
  const ec2 = service.protocol === 'ec2Query';
  const whole = ec2
    ? { requestId: 'r-1', ...output }
    : { [`${operation.name}Result`]: output, ResponseMetadata: { RequestId: 'r-1' } };
  serializer.write(envelope(service, operation), whole);
  return `<?xml version="1.0" encoding="UTF-8"?>${String(serializer.flush())}`;
}

describe('the compiled writer', () => {
  test.each(services.map((service) => [service.id, service] as const))('writes every answer of %s', (_id, service) => {
    for (const operation of service.operations.values()) {
      for (const seed of [1, 2]) {
        const dice = new Dice(hashText(`${seed}/${operation.name}`));
        const output = operation.output.isUnitSchema() ? {} : (randomValue(operation.output, dice) ?? {});
        expect(writeQueryResponse(service, operation, output, 'r-1')).toBe(bySdk(service, operation, output));
      }
    }
  });

  test.each([
    [
      'ec2',
      'EC2',
      'DescribeInstances',
      (all: object[]) => ({ Reservations: [{ ReservationId: 'r', Groups: [], Instances: all }] }),
    ],
    ['ebs', 'EC2', 'DescribeVolumes', (all: object[]) => ({ Volumes: all })],
    ['security_group', 'EC2', 'DescribeSecurityGroups', (all: object[]) => ({ SecurityGroups: all })],
    ['rds', 'RDS', 'DescribeDBInstances', (all: object[]) => ({ DBInstances: all })],
  ] as const)('writes a page of the world: %s', (type: ResourceType, id, name, wrap) => {
    const world = createWorld({ resources: 800 });
    const service = services.find((candidate) => candidate.id === id) as Service;
    const output = wrap([...world.expected({ type })].map(({ api }) => api));
    const operation = service.operations.get(name) as Operation;
    expect(writeQueryResponse(service, operation, output, 'r-1')).toBe(bySdk(service, operation, output));
  });

  test('leaves out what is null and keeps what is empty', () => {
    const service = services.find(({ id }) => id === 'EC2') as Service;
    const operation = service.operations.get('DescribeVolumes') as Operation;
    const output = { Volumes: [{ VolumeId: '', Tags: [], Attachments: [{}], Size: 0, Encrypted: false, Iops: null }] };
    expect(writeQueryResponse(service, operation, output, 'r-1')).toBe(bySdk(service, operation, output));
  });
});
