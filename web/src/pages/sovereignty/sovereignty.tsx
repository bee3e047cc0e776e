/** Data residency: which policies stand, where they let data be, what is outside, and what happened. */
import { get } from '../../base/api.ts';
import { ago, count } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { withQuery } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Tabs, tabOf } from '../../parts/tabs.tsx';
import { usePresent } from '../system/use-system.ts';
import type { SovereigntyAnswer } from './answers.ts';
import { Audit } from './audit.tsx';
import { Compliance } from './compliance.tsx';
import { ByRegion, RecentPolicies } from './overview-parts.tsx';
import { PoliciesView } from './policies-view.tsx';
import { RegionMap } from './region-map.tsx';
import { regionsOf } from './regions-of.ts';

const tabs = [
  ['overview', 'Overview'],
  ['policies', 'Policies'],
  ['compliance', 'Compliance'],
  ['audit', 'Audit log'],
] as const;

export function Sovereignty() {
  const tab = tabOf(tabs);
  const present = usePresent('sovereignty');
  const query = useQuery<SovereigntyAnswer>('sovereignty', (signal) => get('/api/sovereignty', {}, { signal }), {
    live: true,
    when: present === true,
  });
  return (
    <>
      <PageHead
        title="Sovereignty"
        text="Which regions data may be in, whether every workload keeps to it, and what happened."
      >
        <ShareMenu name="sovereign-policies" request="/api/sovereignty" rows={() => query.data?.policies ?? []} />
      </PageHead>
      {present === false ? (
        <NoOperator />
      ) : (
        <Answer query={query}>
          {(found) => (
            <>
              <Figures found={found} />
              <Tabs label="Views of sovereignty" tabs={tabs} shown={tab} clear={{ policy: undefined }} />
              {tab === 'overview' && <OverviewTab found={found} />}
              {tab === 'policies' && <PoliciesView found={found} />}
              {tab === 'compliance' && <Compliance found={found} />}
              {tab === 'audit' && <Audit cluster={found.status.cluster} />}
            </>
          )}
        </Answer>
      )}
    </>
  );
}

function NoOperator() {
  return (
    <Panel>
      <Nothing icon="sovereignty" title="No sovereignty operator runs with this Elava">
        <p>
          It carries data-residency policies into a Kubernetes cluster and watches that workloads keep to them. Install
          the chart in <code>deploy/helm</code>; docs/sovereignty.md says how. Below is where its regions would be.
        </p>
      </Nothing>
      <RegionMap regions={[]} />
    </Panel>
  );
}

function Figures({ found: { status, policies, violations, scanned } }: { readonly found: SovereigntyAnswer }) {
  const phase = (name: string): number => status.phases[name] ?? 0;
  return (
    <>
      {status.fault !== '' && (
        <div class="notice bad" role="alert">
          <div>
            <strong>Nothing is enforced in {status.cluster}.</strong>
            <p>{status.fault}</p>
          </div>
        </div>
      )}
      <div class="figures">
        <Figure
          label="Policies"
          value={count(policies.length)}
          note={`in ${status.cluster}`}
          href={withQuery({ tab: 'policies' })}
        />
        <Figure
          label="Active"
          value={count(phase('Active'))}
          tone="good"
          note={status.engine === '' ? 'no engine' : `by ${status.engine}`}
        />
        <Figure label="Failed" value={count(phase('Failed'))} tone={phase('Failed') > 0 ? 'bad' : ''} />
        <Figure label="Expired" value={count(phase('Expired'))} tone={phase('Expired') > 0 ? 'warn' : ''} />
        <Figure
          label="Violations"
          value={count(violations.length)}
          tone={violations.length > 0 ? 'bad' : 'good'}
          note={scanned === '' ? 'not looked yet' : `looked ${ago(scanned, now.value)}`}
          href={withQuery({ tab: 'compliance' })}
        />
      </div>
    </>
  );
}

function OverviewTab({ found }: { readonly found: SovereigntyAnswer }) {
  return (
    <div class="columns">
      <Panel class="w8" title="Where data may be" note="regions that policies allow">
        <RegionMap regions={regionsOf(found.policies, found.violations)} />
      </Panel>
      <div class="w4 aside">
        <Panel title="Policies by region">
          <ByRegion found={found} />
        </Panel>
        <Panel title="Recent policies">
          <RecentPolicies policies={found.policies} />
        </Panel>
      </div>
    </div>
  );
}
