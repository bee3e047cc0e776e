/** Sovereign policies as a table; one of them in detail with its labels and its map. */
import { momentOf } from '../../base/format.ts';
import { place, withQuery } from '../../base/router.ts';
import { Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { PolicyRow, SovereigntyAnswer } from './answers.ts';
import { RegionMap } from './region-map.tsx';
import { regionsOf } from './regions-of.ts';

const keyOf = ({ namespace, name }: PolicyRow): string => `${namespace}/${name}`;

export function PoliciesView({ found: { policies, violations } }: { readonly found: SovereigntyAnswer }) {
  if (policies.length === 0) {
    return (
      <Nothing icon="sovereignty" title="There is no SovereignPolicy">
        <p>
          <code>kubectl apply</code> one; docs/sovereignty.md has examples.
        </p>
      </Nothing>
    );
  }
  const asked = place.value.query.get('policy');
  const shown = policies.find((policy) => keyOf(policy) === asked);
  return (
    <>
      {shown && <Detail policy={shown} violations={violations.filter(({ policy }) => policy === keyOf(shown))} />}
      <Panel>
        <Table heads={['Phase', 'Policy', 'Target', 'Regions', 'Action', 'Expires', 'Violations']} right={1}>
          {policies.map((policy) => (
            <tr key={keyOf(policy)}>
              <td>
                <Badge word={policy.phase} />
              </td>
              <td>
                <a href={withQuery({ policy: keyOf(policy) })}>{policy.name}</a>{' '}
                <span class="muted">{policy.namespace}</span>
                {policy.message !== '' && policy.phase !== 'Active' && <p class="detail">{policy.message}</p>}
              </td>
              <td>{policy.target}</td>
              <td>{policy.regions.join(', ')}</td>
              <td>{policy.action}</td>
              <td>{policy.expires === '' ? 'never' : momentOf(policy.expires)}</td>
              <td class="right">{policy.violations}</td>
            </tr>
          ))}
        </Table>
      </Panel>
    </>
  );
}

interface DetailProps {
  readonly policy: PolicyRow;
  readonly violations: SovereigntyAnswer['violations'];
}

function Detail({ policy, violations }: DetailProps) {
  const labels = Object.entries(policy.labels ?? {});
  return (
    <Panel
      class="before"
      title={keyOf(policy)}
      note={policy.message}
      tools={
        <a class="button small" href={withQuery({ policy: undefined })}>
          Close
        </a>
      }
    >
      <div class="columns flat">
        <div class="w8">
          <RegionMap regions={regionsOf([policy], violations)} />
        </div>
        <div class="w4">
          <h3>Compliance labels on {policy.target}</h3>
          {labels.length === 0 ? (
            <p class="muted">None are set: the policy is not in force.</p>
          ) : (
            <dl class="facts tags">
              {labels.map(([label, value]) => (
                <Fact key={label} name={label}>
                  {value}
                </Fact>
              ))}
            </dl>
          )}
        </div>
      </div>
    </Panel>
  );
}
