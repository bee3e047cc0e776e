/** Exceptions from policies: who agreed to what, until when, and what each hides. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago, count, duration, momentOf } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Table } from '../../parts/table.tsx';

type Found = HistoryAnswer<'exemptions'>;
type Exemption = Found['exemptions'][number];
const SOON_MS = 7 * 86_400_000;

export function Exemptions() {
  const query = useQuery<Found>('exemptions', (signal) => get('/api/exemptions', {}, { signal }), { live: true });
  return (
    <>
      <PageHead
        title="Exemptions"
        text="What policies were told to let be: by whom, why, until when, and what it hides now."
      >
        <ShareMenu
          name="exemptions"
          command="elava exemptions list"
          request="/api/exemptions"
          rows={() => query.data?.exemptions ?? []}
        />
      </PageHead>
      <Answer query={query} empty={({ exemptions }) => exemptions.length === 0 && <None />}>
        {({ exemptions }) => <Shown exemptions={exemptions} />}
      </Answer>
    </>
  );
}

function None() {
  return (
    <Panel>
      <Nothing icon="exemptions" title="No exemption was made">
        <p>
          Every policy holds for everything. An exception has an owner, a reason and an end:{' '}
          <code>elava exemptions --help</code>
        </p>
      </Nothing>
    </Panel>
  );
}

const expired = ({ expires_at }: Exemption, at: number): boolean => expires_at !== '' && Date.parse(expires_at) <= at;

function Shown({ exemptions }: { readonly exemptions: readonly Exemption[] }) {
  const at = now.value;
  const live = exemptions.filter((one) => !expired(one, at));
  const soon = live.filter(({ expires_at }) => expires_at !== '' && Date.parse(expires_at) - at < SOON_MS);
  return (
    <>
      <div class="figures">
        <Figure label="In force" value={count(live.length)} />
        <Figure label="End within a week" value={count(soon.length)} tone={soon.length > 0 ? 'warn' : ''} />
        <Figure label="Findings they change" value={count(live.reduce((sum, { used }) => sum + used, 0))} />
        <Figure
          label="Change nothing"
          value={count(live.filter(({ used }) => used === 0).length)}
          note="can be removed"
        />
      </div>
      <Panel>
        <Table heads={['State', 'Rule', 'Resource', 'Why', 'Who', 'Ends', 'Changes']} right={1}>
          {exemptions.map((one) => (
            <ExemptionRow key={one.id} one={one} at={at} />
          ))}
        </Table>
      </Panel>
    </>
  );
}

function ExemptionRow({ one, at }: { readonly one: Exemption; readonly at: number }) {
  const over = expired(one, at);
  return (
    <tr>
      <td>
        <Badge
          word={over ? 'expired' : one.used === 0 ? 'unused' : 'in force'}
          tone={over ? 'plain' : one.used === 0 ? 'flag' : 'good'}
        />
      </td>
      <td>
        <code>{one.rule}</code>
      </td>
      <td>
        {one.resource.includes('*') ? (
          <code>{one.resource}</code>
        ) : (
          <a href={address('/resource', { id: one.resource })}>{one.resource}</a>
        )}
      </td>
      <td>{one.reason}</td>
      <td>
        {one.owner}
        <br />
        <span class="muted">
          agreed by {one.approver}, {ago(one.created_at, at)}
        </span>
      </td>
      <td>
        {one.expires_at === ''
          ? 'never'
          : over
            ? momentOf(one.expires_at)
            : `in ${duration(Date.parse(one.expires_at) - at)}`}
      </td>
      <td class="right">{count(one.used)}</td>
    </tr>
  );
}
