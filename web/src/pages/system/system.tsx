/** Roles, queues, store, versions: whether Elava itself is well. */
import { ago, bytes, count, duration, plural } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { Answer } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import { Meters } from './meters.tsx';
import { type SystemAnswer, useSystem } from './use-system.ts';

export function System() {
  const query = useSystem();
  return (
    <>
      <PageHead title="System" text="Whether Elava itself is well: its store, its policies, its queues.">
        <a class="button" href="/metrics" data-plain target="_blank" rel="noreferrer">
          Prometheus metrics
        </a>
      </PageHead>
      <Answer query={query}>{(system) => <Shown system={system} />}</Answer>
      <Meters />
    </>
  );
}

function Shown({ system }: { readonly system: SystemAnswer }) {
  const { store, version, node, uptime, memory, mode } = system;
  return (
    <>
      <div class="figures">
        <Figure
          label="Versions kept"
          value={store.ok ? count(store.value.versions) : '–'}
          note={`of ${duration(mode.retention_ms)}`}
        />
        <Figure
          label="On disk"
          value={store.ok ? bytes(store.value.bytes) : '–'}
          note={store.ok ? store.value.engine : store.code}
        />
        <Figure label="Memory" value={bytes(memory)} note="of this process" />
        <Figure label="Up for" value={duration(uptime * 1000)} note={`Elava ${version}, Node ${node}`} />
        <Figure
          label="Mode"
          value={mode.enforcement_mode}
          note={`a policy that fails says ${mode.default_decision.replaceAll('_', ' ')}`}
        />
      </div>
      <div class="columns start">
        <PoliciesPart policies={system.policies} />
        <Trails trails={system.trails} />
      </div>
    </>
  );
}

function PoliciesPart({ policies }: Pick<SystemAnswer, 'policies'>) {
  return (
    <Panel class="w6" title="Policies">
      {policies.ok ? (
        <>
          <dl class="facts">
            <Fact name="Loaded">
              {plural(policies.value.rules, 'rule')} in {plural(policies.value.packages.length, 'package')},{' '}
              {ago(policies.value.loaded, now.value)}
            </Fact>
            <Fact name="From">{policies.value.source}</Fact>
            <Fact name="Digest">
              <code>{policies.value.digest.slice(0, 16)}</code>
            </Fact>
          </dl>
          {policies.value.errors.length > 0 && (
            <div class="notice bad slim" role="alert">
              <div>
                <strong>What stands there now does not load; the last good policies judge on.</strong>
                {policies.value.errors.map(({ file, row, message }) => (
                  <p key={`${file}:${row}:${message}`}>
                    {file}:{row}: {message}
                  </p>
                ))}
              </div>
            </div>
          )}
        </>
      ) : (
        <p class="muted">The policy role does not answer: {policies.code}</p>
      )}
    </Panel>
  );
}

function Trails({ trails }: Pick<SystemAnswer, 'trails'>) {
  const cursors = trails.ok ? trails.value.cursors : [];
  return (
    <Panel class="w6" title="Audit logs" note="where it is known from who did what">
      {cursors.length === 0 ? (
        <p class="muted">{trails.ok ? 'None was read yet.' : `The store does not answer: ${trails.code}`}</p>
      ) : (
        <Table heads={['State', 'Source', 'Account and region', 'Read up to', 'Events']} right={1}>
          {cursors.slice(0, 40).map(({ source, account, region, upto, state, error, events }) => (
            <tr key={`${source} ${account} ${region}`}>
              <td>
                <Badge word={error === '' ? state : error} tone={error === '' ? 'good' : 'bad'} />
              </td>
              <td>{source}</td>
              <td>
                {account === '' ? 'all' : account} {region !== '' && `· ${region}`}
              </td>
              <td>{ago(upto, now.value)}</td>
              <td class="right">{count(events)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
