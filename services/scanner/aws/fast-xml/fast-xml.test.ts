import { Readable } from 'node:stream';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { HttpResponse } from '@smithy/core/protocols';
import { randomValue } from '../../../../loadtest/aws/wire/random-shape.ts';
import { encodeError, encodeResponse } from '../../../../loadtest/aws/wire/response.ts';
import { loadService, type Operation } from '../../../../loadtest/aws/wire/service.ts';
import { Dice } from '../../../../loadtest/aws/world/random.ts';
import { jsonSafe } from '../json.ts';
import { structPlan } from './plan.ts';
import { type Form, fastXml } from './protocols.ts';
import { readDocument } from './read.ts';
import { unusual } from './text.ts';

const config = { region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } };
const { ec2Query, awsQuery, restXml } = fastXml('sdk');
const json = fastXml('json');
const services = [
  {
    name: 'ec2',
    pkg: ec2,
    stock: new ec2.EC2Client(config),
    fast: new ec2.EC2Client({ ...config, protocol: ec2Query }),
  },
  {
    name: 'rds',
    pkg: rds,
    stock: new rds.RDSClient(config),
    fast: new rds.RDSClient({ ...config, protocol: awsQuery }),
  },
  {
    name: 'iam',
    pkg: iam,
    stock: new iam.IAMClient(config),
    fast: new iam.IAMClient({ ...config, protocol: awsQuery }),
  },
  {
    name: 'sts',
    pkg: sts,
    stock: new sts.STSClient(config),
    fast: new sts.STSClient({ ...config, protocol: awsQuery }),
  },
  { name: 's3', pkg: s3, stock: new s3.S3Client(config), fast: new s3.S3Client({ ...config, protocol: restXml }) },
];

interface Inside {
  readonly config: {
    readonly protocol: { deserializeResponse(operation: unknown, context: unknown, response: unknown): Promise<any> };
  };
}
interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What the client makes of the response, its error where it throws one. */
async function read(client: unknown, { name, input, output, traits }: Operation, { status, headers, body }: Wire) {
  const { protocol, ...rest } = (client as Inside).config;
  const response = new HttpResponse({
    statusCode: status,
    headers: { ...headers },
    body: Readable.from([Buffer.from(body)]),
  });
  const operation = { namespace: 'test', name: `test#${name}`, traits, input, output };
  try {
    const { $metadata: _metadata, ...read } = await protocol.deserializeResponse(operation, rest, response);
    return { read };
  } catch (error) {
    const { name: thrown, message } = error as Error;
    return { thrown, message };
  }
}

/** Not those whose body is a stream or an event stream: they are no document. */
function documents(pkg: object): Operation[] {
  const streams = (operation: Operation): boolean =>
    operation.output.isStructSchema() &&
    [...operation.output.structIterator()].some(([, member]) => member.isStreaming());
  return [...loadService(pkg as never).operations.values()].filter((operation) => !streams(operation));
}

describe.each(services)('the fast reader of $name', ({ pkg, stock, fast }) => {
  test("makes of every operation's response what the SDK's makes", async () => {
    const service = loadService(pkg);
    const operations = documents(pkg);
    for (const [i, operation] of operations.entries()) {
      const output = randomValue(operation.output, new Dice(i)) ?? {};
      const wire = encodeResponse(service, operation, output, 'request-1');
      const expected = await read(stock, operation, wire);
      expect({ operation: operation.name, ...(await read(fast, operation, wire)) }).toEqual({
        operation: operation.name,
        ...expected,
      });
    }
    expect(operations.length).toBeGreaterThan(10);
  });

  test("leaves errors to the SDK's", async () => {
    const service = loadService(pkg);
    const [operation] = documents(pkg) as [Operation];
    const wire = encodeError(
      service,
      { code: 'UnauthorizedOperation', message: 'You are <not> allowed', status: 403 },
      'request-1',
    );
    const found = await read(fast, operation, wire);
    expect(found).toEqual(await read(stock, operation, wire));
    expect(found).toMatchObject({ thrown: 'UnauthorizedOperation', message: 'You are <not> allowed' });
  });
});

describe('the fast reader', () => {
  const leaves = { read: (text: string) => text };
  const service = loadService(ec2);
  const instances = service.operations.get('DescribeInstances') as Operation;

  test('reads nearly every answer of EC2 itself', () => {
    const left = documents(ec2).filter((operation, i) => {
      if (!operation.output.isStructSchema()) return false;
      const output = randomValue(operation.output, new Dice(i)) ?? {};
      try {
        readDocument(
          String(encodeResponse(service, operation, output, 'r').body),
          structPlan(operation.output),
          leaves,
        );
        return false;
      } catch (error) {
        if (error !== unusual) throw error;
        return true;
      }
    });
    expect(left.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    [
      'indented',
      '<R>\n  <reservationSet>\n    <item>\n      <reservationId>r-1</reservationId>\n    </item>\n  </reservationSet>\n</R>',
    ],
    ['with carriage returns', '<R>\r\n<reservationSet>\r\n<item/>\r\n</reservationSet>\r\n</R>'],
    ['with a comment', '<R><!-- hello --><nextToken>a</nextToken></R>'],
    ['with CDATA', '<R><nextToken><![CDATA[a<b]]></nextToken></R>'],
    ['with unknown elements', '<R><new><deep><a>1</a><b/></deep></new><nextToken>a</nextToken><other/></R>'],
    ['with attributes', '<R><nextToken kind="x">a</nextToken></R>'],
    ['with an element twice', '<R><nextToken>a</nextToken><nextToken>b</nextToken></R>'],
    ['with entities', '<R><nextToken>&lt;&#65;&#x42;&amp;&quot;&unknown;</nextToken></R>'],
    ['with a character beyond the first plane', '<R><nextToken>&#x1F600;</nextToken></R>'],
    ['with text between elements', '<R>text<nextToken>a</nextToken></R>'],
    ['with text in a list', '<R><reservationSet>text<item><ownerId>1</ownerId></item></reservationSet></R>'],
    ['with text in a structure', '<R><reservationSet><item>text<ownerId>1</ownerId></item></reservationSet></R>'],
    ['with a carriage return in a value', '<R><nextToken>a\r\nb\rc</nextToken></R>'],
    ['with a structure closed wrongly', '<R><reservationSet><item><ownerId>1</ownerId></itex></reservationSet></R>'],
    ['with spaces for a value', '<R><nextToken>  </nextToken></R>'],
    ['with a line end for a value', '<R><nextToken>\n</nextToken></R>'],
    ['with foreign items in a list', '<R><reservationSet><item/><entry/></reservationSet></R>'],
    ['with empty values', '<R><nextToken></nextToken><reservationSet></reservationSet></R>'],
    ['with text where a list should be', '<R><reservationSet>text</reservationSet></R>'],
    ['declared, with a namespace', '<?xml version="1.0"?>\n<R xmlns="http://x/"><nextToken>a</nextToken></R>'],
    ['empty', '<R/>'],
    ['cut off', '<R><nextToken>a</nextToken><reservationSet><item>'],
    ['badly nested', '<R><reservationSet><item></reservationSet></item></R>'],
    ['closed wrongly', '<R><nextToken>a</nextTokens></R>'],
    ['that is HTML', '<html><body>Bad Gateway<br></body></html>'],
    ['that is none', 'Bad Gateway'],
  ])('treats a document %s as the SDK does', async (_, body) => {
    const { stock, fast } = services[0] as (typeof services)[number];
    const wire = { status: 200, headers: {}, body };
    expect(await read(fast, instances, wire)).toEqual(await read(stock, instances, wire));
  });

  test("gives JSON where it is asked to: the same as the SDK's objects made into JSON", async () => {
    const client = new ec2.EC2Client({ ...config, protocol: json.ec2Query });
    for (const [i, operation] of documents(ec2).entries()) {
      const output = randomValue(operation.output, new Dice(i + 7)) ?? {};
      const wire = encodeResponse(service, operation, output, 'r');
      const { read: object } = await read((services[0] as (typeof services)[number]).stock, operation, wire);
      expect({ operation: operation.name, ...(await read(client, operation, wire)) }).toEqual({
        operation: operation.name,
        read: jsonSafe(object),
      });
    }
  });

  test('keeps integers that a double cannot hold as text', async () => {
    const form: Form = 'json';
    const client = new ec2.EC2Client({ ...config, protocol: fastXml(form).ec2Query });
    const operation = service.operations.get('DescribeInstanceTypes') as Operation;
    const body =
      '<R><instanceTypeSet><item><memoryInfo><sizeInMiB>9007199254740993</sizeInMiB></memoryInfo></item></instanceTypeSet></R>';
    expect(await read(client, operation, { status: 200, headers: {}, body })).toEqual({
      read: { InstanceTypes: [{ MemoryInfo: { SizeInMiB: '9007199254740993' } }] },
    });
  });
});
