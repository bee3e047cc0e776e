import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { loadConfig } from '../../lib/config/load.ts';
import { elavaError } from '../../lib/errors.ts';
import { MemoryJobs } from '../../lib/memory-jobs.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { systemClock } from '../../lib/time.ts';
import { Orchestrator, type OrchestratorParts } from './orchestrator.ts';

test('what is configured is told without the cloud, and why nothing else is', async () => {
  const tiers = { prod: { types: ['ec2'], tags: ['env=prod'], interval: '10m' }, rest: { interval: '6h' } };
  const { config } = loadConfig({ env: {}, cwd: '/', flags: { tiers } });
  const jobs = new MemoryJobs();
  const parts = { config, clock: systemClock, log: pino({ level: 'silent' }), metrics: createMetrics(), jobs };
  const away = () => Promise.reject(elavaError('AWS_CREDENTIALS_EXPIRED', 'the token is old'));
  const scanner = { accounts: away, regions: async () => ({ regions: [] }), types: async () => ({ types: [] }) };
  const orchestrator = new Orchestrator({ runtime: parts, scanner, history: {} } as unknown as OrchestratorParts);
  const told = await orchestrator.tiers();
  expect(told).toMatchObject({ error: 'AWS_CREDENTIALS_EXPIRED', detail: 'the token is old' });
  expect(told.tiers).toMatchObject([
    { tier: 'prod', matches: { types: ['ec2'], tags: ['env=prod'] }, interval_ms: 600_000, units: null },
    { tier: 'rest', matches: { types: [], tags: [] }, interval_ms: 21_600_000, resources: null },
  ]);
  await orchestrator.close();
  await jobs.close();
});
