/**
 * The sovereignty page. The operator needs an API server (npm run test:k8s has one); here the gateway's answer about it
 * is put in its place, so that the page is seen with something in it. The history behind its trends is the real one.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SovereigntyAnswer } from '../../web/src/pages/sovereignty/answers.ts';
import { launch, leave, objections, open, watched } from './browser.ts';

const policy = (name: string, regions: string[], more: object = {}) => ({
  namespace: 'federated-sovereignty-system',
  name,
  target: `${name}-prod`,
  regions,
  action: 'deny',
  phase: 'Active',
  message: 'Enforced',
  violations: 0,
  expires: '',
  updated: '2026-11-20T10:00:00Z',
  labels: { 'compliance.gov/policy-name': name, 'compliance.gov/enforcement-action': 'deny' },
  ...more,
});
const answer: SovereigntyAnswer = {
  status: {
    cluster: 'prod-eu',
    leading: true,
    engine: 'gatekeeper',
    fault: '',
    phases: { Pending: 0, Active: 3, Failed: 1, Expired: 0 },
    waiting: 0,
    url: '',
  },
  policies: [
    policy('patients', ['eu-central-1', 'eu-west-1'], { violations: 2 }),
    policy('ledger', ['us-east-1', 'us-west-2'], { action: 'dryrun', updated: '2026-11-22T08:00:00Z' }),
    policy('telemetry', ['eu-west-1', 'ap-southeast-2', 'sa-east-1']),
    policy('archive', ['eu-north-1'], { phase: 'Failed', message: 'the target namespace does not exist' }),
  ],
  violations: [
    {
      policy: 'federated-sovereignty-system/patients',
      action: 'deny',
      kind: 'Pod',
      namespace: 'patients-prod',
      name: 'intake-7c9d',
      fault: 'no-affinity',
      message: 'spec.affinity.nodeAffinity requires no region',
      node: 'ip-10-0-3-7',
      region: 'us-east-1',
      account: '111111111111',
    },
    {
      policy: 'federated-sovereignty-system/patients',
      action: 'deny',
      kind: 'PersistentVolume',
      namespace: 'patients-prod',
      name: 'pv-scans',
      fault: 'volume-outside',
      message: 'its node affinity lets in us-east-1',
      node: '',
      region: 'us-east-1',
      account: '',
    },
  ],
  scanned: '2026-11-22T12:00:00.000Z',
};

let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(() => leave(context));
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  ({ page, faults } = await watched(context));
  await page.route('**/api/sovereignty', (route) => route.fulfill({ json: answer }));
  await page.route('**/api/system', async (route) => {
    const real = await route.fetch();
    const body = (await real.json()) as { roles: object };
    await route.fulfill({ response: real, json: { ...body, roles: { ...body.roles, sovereignty: true } } });
  });
});

async function figure(label: string): Promise<string | null> {
  return page
    .locator('.figure', { has: page.getByText(label, { exact: true }) })
    .locator('.figure-value')
    .textContent();
}

describe('sovereignty', () => {
  test('the overview counts policies by phase and region, previews the recent ones, and places regions on the map', async () => {
    await open(page, '/sovereignty');
    expect([
      await figure('Policies'),
      await figure('Active'),
      await figure('Failed'),
      await figure('Violations'),
    ]).toEqual(['4', '3', '1', '2']);
    expect(await page.locator('.brief strong').first().textContent()).toBe('ledger');
    expect(await page.getByRole('list', { name: 'Policies by region' }).textContent()).toContain('eu-west-1');
    expect(await page.getByRole('img', { name: /World map: policies allow/ }).getAttribute('aria-label')).toContain(
      'ap-southeast-2',
    );
    expect(await page.locator('.region-mark.wrong').count()).toBe(1);
    expect([...(await objections(page)), ...faults]).toEqual([]);
  });

  test('a policy shows its regions on the map and the compliance labels of its target', async () => {
    await open(page, '/sovereignty?tab=policies');
    await page.getByRole('link', { name: 'patients', exact: true }).click();
    await page.locator('.facts.tags').waitFor();
    expect(await page.locator('.facts.tags').textContent()).toContain('compliance.gov/enforcement-action');
    expect(await page.locator('.region-mark.allowed').count()).toBe(2);
    expect(await page.getByText('the target namespace does not exist').count()).toBe(1);
    expect([...(await objections(page)), ...faults]).toEqual([]);
  });

  test('compliance lists what violates, with what is wrong with its affinity', async () => {
    await open(page, '/sovereignty?tab=compliance');
    const rows = page.locator('.table tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().textContent()).toContain('No required node affinity');
    expect([...(await objections(page)), ...faults]).toEqual([]);
  });

  test('the audit log is read from the memory, and says so when nothing has happened', async () => {
    await open(page, '/sovereignty?tab=audit');
    await page.getByText('Nothing has happened yet').waitFor();
    expect([...(await objections(page)), ...faults]).toEqual([]);
  });
});
