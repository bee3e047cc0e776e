/** What would be done, on what evidence, what it would break, who agreed, and what was done. */
import { post } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { type Query, useQuery } from '../../base/query.ts';
import { Answer, Nothing, Waiting } from '../../parts/answer.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Tabs, tabOf } from '../../parts/tabs.tsx';
import { usePresent } from '../system/use-system.ts';
import { type Item, open, type Plan, type PlansAnswer } from './answers.ts';
import { Brakes } from './brakes.tsx';
import { Doing } from './doing.tsx';
import { Ledger } from './ledger.tsx';
import { PlanView } from './plan-view.tsx';

const tabs = [
  ['open', 'To decide'],
  ['all', 'All plans'],
  ['done', 'What was done'],
] as const;

export function Plans() {
  const tab = tabOf(tabs);
  const present = usePresent('reconciler');
  const query = useQuery<PlansAnswer>('plans', (signal) => post('/api/reconciler/plans', { limit: 50 }, { signal }), {
    live: true,
    when: present === true,
  });
  const missing = present === false;
  return (
    <>
      <PageHead
        title="Plans and approvals"
        text="Nothing is destroyed before somebody could say no: what is planned, why, and what it would break."
      >
        <Doing
          large
          label="Make a plan"
          done={query.again}
          act={() => post('/api/reconciler/plan', {})}
          disabled={missing}
        />
        <ShareMenu name="plans" command="elava plan" rows={() => itemsOf(query.data?.plans ?? [])} />
      </PageHead>
      {missing ? (
        <NoReconciler />
      ) : present === undefined ? (
        <Waiting />
      ) : (
        <>
          <Brakes />
          <Answer query={query}>{(data) => <Figures items={itemsOf(data.plans)} />}</Answer>
          <Tabs label="Views of plans" tabs={tabs} shown={tab} />
          {tab === 'done' ? <Ledger /> : <List query={query} onlyOpen={tab === 'open'} />}
        </>
      )}
    </>
  );
}

const itemsOf = (plans: readonly Plan[]): Item[] => plans.flatMap(({ items }) => items);

function Figures({ items }: { readonly items: readonly Item[] }) {
  const of = (phase: string): number => items.filter((item) => item.phase === phase).length;
  const broken = new Set(
    items.filter(({ phase }) => open.includes(phase)).flatMap(({ breaks }) => breaks.map(({ id }) => id)),
  );
  return (
    <div class="figures">
      <Figure label="Wait for approval" value={count(of('waiting'))} tone={of('waiting') > 0 ? 'warn' : ''} />
      <Figure label="Ready" value={count(of('ready'))} note="done at the next apply" />
      <Figure label="Marked, in grace" value={count(of('grace'))} note="can still be cancelled" />
      <Figure
        label="Would touch"
        value={count(broken.size)}
        note="resources that refer to theirs"
        tone={broken.size > 0 ? 'warn' : ''}
      />
      <Figure label="Done" value={count(of('done'))} tone="good" />
      <Figure label="Failed" value={count(of('failed'))} tone={of('failed') > 0 ? 'bad' : ''} />
    </div>
  );
}

function List({ query, onlyOpen }: { readonly query: Query<PlansAnswer>; readonly onlyOpen: boolean }) {
  return (
    <Answer query={query}>
      {({ plans }) => {
        const shown = onlyOpen ? plans.filter(({ items }) => items.some(({ phase }) => open.includes(phase))) : plans;
        if (shown.length === 0) {
          return (
            <Panel>
              <Nothing icon="plans" title={onlyOpen ? 'Nothing waits for you' : 'No plan was made yet'}>
                <p>
                  A plan is made of what policies propose: <code>elava plan</code>, or the button above. Making one does
                  nothing yet.
                </p>
              </Nothing>
            </Panel>
          );
        }
        return shown.map((plan) => <PlanView key={plan.id} plan={plan} onlyOpen={onlyOpen} again={query.again} />);
      }}
    </Answer>
  );
}

function NoReconciler() {
  return (
    <Panel>
      <Nothing icon="plans" title="No reconciler runs with this Elava">
        <p>
          It only watches and judges here. Start the role to plan actions; each waits for approval before it is done.
        </p>
      </Nothing>
    </Panel>
  );
}
