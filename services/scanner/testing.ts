/** What the scanner's tests share. Their memory is that of services/history: test/support/scan-memory.ts. */
import { pino } from 'pino';
import type { Config } from '../../lib/config/schema.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { systemClock } from '../../lib/time.ts';

type Aws = Config['providers']['aws'];

/** `providers.aws` as the defaults have it, but for what a test changes; no pace is kept. */
export function awsConfig(changes: Partial<Aws> = {}): Aws {
  return {
    regions: ['us-east-1'],
    accounts: [],
    organization: organization(),
    types: [],
    session_name: 'elava',
    rate: 100,
    concurrency: 8,
    timeout: 10_000,
    unit_timeout: 60_000,
    ...changes,
  };
}

export function testParts() {
  return { clock: systemClock, metrics: createMetrics(), log: pino({ level: 'silent' }) };
}

/** No organisation, but for what a test changes. */
export function organization(changes: Partial<Aws['organization']> = {}): Aws['organization'] {
  return {
    enabled: false,
    units: [],
    tags: [],
    exclude: [],
    role: 'elava-read',
    external_id: '',
    role_arn: '',
    refresh: 3_600_000,
    ...changes,
  };
}
