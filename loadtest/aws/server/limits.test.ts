import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../wire/service.ts';
import { awsRate, Limits } from './limits.ts';

const rate = (service: string, name: string, input = {}) => awsRate(service, { name } as Operation, input);

describe('request rates', () => {
  test('are those that AWS publishes', () => {
    expect(rate('ec2', 'DescribeInstances', { MaxResults: 100 })).toEqual({ burst: 100, refill: 20 });
    expect(rate('ec2', 'DescribeInstances', { NextToken: 't' })).toEqual({ burst: 100, refill: 20 });
    expect(rate('ec2', 'DescribeInstances')).toEqual({ burst: 50, refill: 10 });
    expect(rate('ec2', 'DescribeRegions')).toEqual({ burst: 100, refill: 20 });
    expect(rate('ec2', 'StopInstances')).toEqual({ burst: 50, refill: 5 });
    expect(rate('rds', 'DescribeDBInstances')).toEqual({ burst: 300, refill: 12 });
    expect(rate('s3', 'GetBucketTagging')).toBeUndefined();
  });

  test('a bucket is as deep as its burst and fills with time, never over', () => {
    const limits = new Limits();
    const taken = (now: number) => {
      let count = 0;
      while (limits.take('key', { burst: 100, refill: 20 }, now)) count += 1;
      return count;
    };
    expect(taken(0)).toBe(100);
    expect(taken(0)).toBe(0);
    expect(taken(500)).toBe(10);
    expect(taken(60_000)).toBe(100);
    expect(limits.take('other', { burst: 1, refill: 1 }, 60_000)).toBe(true);
  });
});
