/** Requests as other SDKs and hand-written clients send them. */
import { describe, expect, test } from '@jest/globals';
import { packages } from '../server/api/index.ts';
import { parseForm } from './query-request.ts';
import { type HttpRequest, RequestDecoder } from './request.ts';
import { loadService } from './service.ts';

const services = packages.map(loadService);
const decoder = new RequestDecoder(services);

function signed(signingName: string, request: Partial<HttpRequest> & { readonly url: string }): HttpRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/${signingName}/aws4_request, SignedHeaders=host, Signature=0`;
  return { method: 'GET', body: new Uint8Array(), ...request, headers: { authorization, ...request.headers } };
}

async function decoded(request: HttpRequest) {
  const service = decoder.serviceOf(request);
  const found = service && (await decoder.decode(service, request));
  return found && `${found.service.id}.${found.operation.name} ${JSON.stringify(found.input)}`;
}

describe('S3 without x-id', () => {
  test.each([
    ['GET', '/', 'S3.ListBuckets {}'],
    ['GET', '/b-1?tagging', 'S3.GetBucketTagging {"Bucket":"b-1"}'],
    ['GET', '/b-1?location', 'S3.GetBucketLocation {"Bucket":"b-1"}'],
    ['GET', '/b-1?list-type=2&prefix=a%2Fb', 'S3.ListObjectsV2 {"Prefix":"a/b","Bucket":"b-1"}'],
    ['GET', '/b-1', 'S3.ListObjects {"Bucket":"b-1"}'],
    ['HEAD', '/b-1', 'S3.HeadBucket {"Bucket":"b-1"}'],
    ['GET', '/b-1/a/b%20c', 'S3.GetObject {"Key":"a/b c","Bucket":"b-1"}'],
    ['GET', '/b-1/a?uploadId=u', 'S3.ListParts {"Key":"a","UploadId":"u","Bucket":"b-1"}'],
    ['DELETE', '/b-1/a', 'S3.DeleteObject {"Key":"a","Bucket":"b-1"}'],
    ['DELETE', '/b-1/a?uploadId=u', 'S3.AbortMultipartUpload {"Key":"a","UploadId":"u","Bucket":"b-1"}'],
    ['GET', '/b-1?metrics', 'S3.ListBucketMetricsConfigurations {"Bucket":"b-1"}'],
    ['GET', '/b-1/a/b%20c?tagging', 'S3.GetObjectTagging {"Key":"a/b c","Bucket":"b-1"}'],
  ])('%s %s', async (method, url, wanted) => {
    expect(await decoded(signed('s3', { method, url }))).toBe(wanted);
  });
});

describe('the query protocols', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const post = (signingName: string, body: string) =>
    decoded(signed(signingName, { method: 'POST', url: '/', headers: form, body: Buffer.from(body) }));

  test('lists come in the order of their numbers, also past ten', async () => {
    const items = Array.from({ length: 11 }, (_, i) => `InstanceId.${11 - i}=i-${11 - i}`).join('&');
    const wanted = Array.from({ length: 11 }, (_, i) => `i-${i + 1}`);
    expect(await post('ec2', `Action=DescribeInstances&Version=2016-11-15&${items}`)).toBe(
      `EC2.DescribeInstances ${JSON.stringify({ InstanceIds: wanted })}`,
    );
  });

  test("an unsigned web identity call is STS's", async () => {
    const body = Buffer.from('Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r&WebIdentityToken=t');
    const found = await decoded({ method: 'POST', url: '/', headers: form, body });
    expect(found).toBe('STS.AssumeRoleWithWebIdentity {"RoleArn":"r","WebIdentityToken":"t"}');
  });

  test('the version tells the two kinds of load balancers apart', async () => {
    const body = (version: string) => `Action=DescribeLoadBalancers&Version=${version}&PageSize=5`;
    const names = ['2012-06-01', '2015-12-01'].map((version) => post('elasticloadbalancing', body(version)));
    expect(await Promise.all(names)).toEqual([
      'Elastic Load Balancing.DescribeLoadBalancers {"PageSize":5}',
      'Elastic Load Balancing v2.DescribeLoadBalancers {"PageSize":5}',
    ]);
  });

  test('no operation, no service, no name of an object is special', async () => {
    expect(await post('ec2', 'Action=Fly&Version=2016-11-15')).toBeUndefined();
    expect(await post('moon', 'Action=Fly&Version=1')).toBeUndefined();
    expect(await decoded({ method: 'GET', url: '/', headers: {}, body: new Uint8Array() })).toBeUndefined();
    parseForm('__proto__.polluted=1&constructor.prototype.polluted=1');
    expect('polluted' in {}).toBe(false);
  });
});

test("CloudTrail's target may have its whole namespace before it", async () => {
  const target = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';
  const request = { method: 'POST', url: '/', body: Buffer.from('{"MaxResults":5}') };
  const found = await decoded({ ...request, headers: { 'x-amz-target': target } });
  expect(found).toBe('CloudTrail.LookupEvents {"MaxResults":5}');
});
