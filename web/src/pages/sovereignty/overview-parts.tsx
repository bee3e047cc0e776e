import { withQuery } from '../../base/router.ts';
import { Badge } from '../../parts/badge.tsx';
import { Bars } from '../../parts/bars.tsx';
import type { PolicyRow, SovereigntyAnswer } from './answers.ts';
import { regionsOf } from './regions-of.ts';

const MOST = 6;

/** How many policies allow each region. */
export function ByRegion({ found }: { readonly found: SovereigntyAnswer }) {
  const bars = regionsOf(found.policies, found.violations).map(({ region, policies, violations }) => ({
    key: region,
    label: region,
    value: policies,
    ...(violations > 0 ? { note: `${violations} violations`, tone: 'bad' } : {}),
  }));
  return bars.length === 0 ? (
    <p class="muted">No policy names a region.</p>
  ) : (
    <Bars bars={bars} caption="Policies by region" />
  );
}

/** The newest first. */
export function RecentPolicies({ policies }: { readonly policies: readonly PolicyRow[] }) {
  if (policies.length === 0) return <p class="muted">There are none yet.</p>;
  const newest = policies.toSorted((a, b) => ((a.updated ?? '') < (b.updated ?? '') ? 1 : -1));
  return (
    <ul class="brief">
      {newest.slice(0, MOST).map(({ namespace, name, phase, target, regions }) => (
        <li key={`${namespace}/${name}`}>
          <a href={withQuery({ tab: 'policies', policy: `${namespace}/${name}` })}>
            <Badge word={phase} />
            <strong>{name}</strong>
          </a>
          <span class="brief-foot muted">
            {target} · {regions.join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
