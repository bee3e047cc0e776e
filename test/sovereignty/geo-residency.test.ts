/** One rule, three tellings: the Rego in OPA's interpreter, the Rego in our own evaluator, the TypeScript of the scan. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostBuiltins, suppliedBuiltins } from '../../services/policy/builtins/index.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { plainValue } from '../../services/policy/host/order.ts';
import { PolicyInstance } from '../../services/policy/host/policy-instance.ts';
import { compilePolicy } from '../../services/policy/host/policy-module.ts';
import { geoResidencyRego } from '../../services/sovereignty/constraint-template.ts';
import { daemonSetControllers } from '../../services/sovereignty/enforcement.ts';
import { placementOf, placesOf, podFaults, REGION_KEY, volumeFaults } from '../../services/sovereignty/residency.ts';
import { type Case, cases, reviewCases } from './cases.ts';
import { affinity, pod } from './objects.ts';

const regions = ['eu-central-1', 'eu-west-1'];
const parameters = {
  policy: 'finance/finance-eu',
  namespace: 'finance',
  allowedRegions: regions,
  daemonSetControllers,
};
const files = [{ path: 'geo-residency.rego', text: geoResidencyRego() }];
const compiler = new RegoCompiler();
let instance: PolicyInstance;

beforeAll(async () => {
  const built = await compiler.build({ files, entrypoints: ['k8sgeoresidency/violation'], builtins: suppliedBuiltins });
  if (!built.ok) throw new Error(JSON.stringify(built));
  const data = new TextEncoder().encode('{}');
  instance = new PolicyInstance(await compilePolicy(built.wasm), {
    builtins: hostBuiltins,
    data,
    maximumBytes: 1 << 26,
  });
});
afterAll(async () => {
  await compiler.close();
});

interface Violation {
  readonly msg: string;
  readonly details: { readonly fault: string };
}

/** What Gatekeeper makes of an object without a request, or of a request. */
function inputOf({ object }: Pick<Case, 'object'>): object {
  if (object.kind === 'AdmissionReview') {
    return { parameters, review: (object as unknown as { request: object }).request };
  }
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  return { parameters, review: { object, operation: '', kind: { group, version, kind: object.kind } } };
}

function byEvaluator(input: object): Violation[] {
  instance.setInput(new TextEncoder().encode(JSON.stringify(input)), 0n);
  return plainValue(instance.evaluate(0)!) as Violation[];
}

async function byInterpreter(inputs: readonly object[]): Promise<Violation[][]> {
  const result = await compiler.eval({ files, query: 'data.k8sgeoresidency.violation', inputs });
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.evaluations.map(({ values }) => values[0] as Violation[]);
}

const texts = (violations: readonly Violation[]): string[] => violations.map(({ msg }) => msg).toSorted();

test('the Rego is as opa fmt writes it, in strict mode', async () => {
  const formatted = await compiler.format({ files });
  expect(formatted.ok && formatted.files[0]?.text).toBe(files[0]?.text);
  expect(await compiler.check({ files, strict: true })).toMatchObject({ ok: true });
});

describe('every case', () => {
  test.each([...cases, ...reviewCases])('$name', async (one) => {
    const found = byEvaluator(inputOf(one));
    expect(found.map(({ details }) => details.fault).toSorted()).toEqual([...one.faults].toSorted());
    const [interpreted = []] = await byInterpreter([inputOf(one)]);
    expect(texts(found)).toEqual(texts(interpreted));
  });
});

const someRegions = fc.subarray(['eu-central-1', 'eu-west-1', 'us-east-1', 'eu-west-12'], { minLength: 0 });
const expression = fc.record({
  key: fc.constantFrom(REGION_KEY, 'topology.kubernetes.io/zone', 'disk'),
  operator: fc.constantFrom('In', 'In', 'In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt'),
  values: someRegions,
});
const term = fc.oneof(
  fc.record({ matchExpressions: fc.array(expression, { maxLength: 3 }) }),
  fc.constant({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }),
);
const spec = fc.record(
  {
    nodeSelector: fc.constantFrom({}, { [REGION_KEY]: 'eu-west-1' }, { [REGION_KEY]: 'us-east-1' }, { disk: 'ssd' }),
    affinity: fc.array(term, { maxLength: 3 }).map((terms) => affinity(...terms)),
  },
  { requiredKeys: [] },
);

test('the scan says of any pod what the Rego says in an audit', () => {
  fc.assert(
    fc.property(spec, fc.boolean(), (placed, daemon) => {
      const owners = daemon
        ? [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true }]
        : [];
      const bare = pod('x', 'finance', placed);
      const object = { ...bare, metadata: { ...bare.metadata, ownerReferences: owners } };
      const ours = podFaults(placementOf(placed, owners), regions).map(({ text }) => text);
      const theirs = texts(byEvaluator(inputOf({ object }))).map((text) => text.slice(text.indexOf('): ') + 3));
      expect(ours.toSorted()).toEqual(theirs.toSorted());
    }),
    { numRuns: 500 },
  );
});

const place = fc.constantFrom(
  'eu-west-1',
  'eu-west-1a',
  'eu-west-1-x',
  'eu-west-12a',
  'eu-west-1ab',
  'us-east-1a',
  'EU',
  '',
);
const volumeSpec = fc.record({
  labels: fc.dictionary(
    fc.constantFrom('topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'app'),
    fc.array(place, { minLength: 1, maxLength: 2 }).map((all) => all.join('__')),
  ),
  terms: fc.array(
    fc.record({
      matchExpressions: fc.array(
        fc.record({
          key: fc.constantFrom('topology.ebs.csi.aws.com/zone', 'kubernetes.io/hostname'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.array(place, { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
  namespace: fc.constantFrom('finance', 'other'),
});

test('the scan says of any volume what the Rego says', () => {
  fc.assert(
    fc.property(volumeSpec, ({ labels, terms, namespace }) => {
      const spec = { claimRef: { namespace, name: 'c' }, nodeAffinity: { required: { nodeSelectorTerms: terms } } };
      const object = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v', labels }, spec };
      const ours = namespace === 'finance' ? volumeFaults(placesOf(object), namespace, regions) : [];
      const theirs = texts(byEvaluator(inputOf({ object }))).map((text) => text.slice(text.indexOf('): ') + 3));
      expect(ours.map(({ text }) => text).toSorted()).toEqual(theirs.toSorted());
    }),
    { numRuns: 500 },
  );
});
