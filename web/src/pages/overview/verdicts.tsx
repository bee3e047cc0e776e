/** Decisions and the rules that speak most often. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ruleName } from '../../base/format.ts';
import { type Query, useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { toneOf } from '../../parts/badge.tsx';
import { Bars, Stack } from '../../parts/bars.tsx';
import { filterValues } from '../../parts/filters.tsx';

export type VerdictsAnswer = HistoryAnswer<'verdicts'>;

const decisions = ['deny', 'require_approval', 'flag', 'allow'] as const;
const words: Readonly<Record<string, string>> = {
  deny: 'denied',
  require_approval: 'wants approval',
  flag: 'flagged',
  allow: 'allowed',
};

export function Verdicts({ query }: { readonly query: Query<VerdictsAnswer> }) {
  const filter = filterValues();
  const rules = useQuery<VerdictsAnswer>(
    `rules ${JSON.stringify(filter)}`,
    (signal) =>
      get(
        '/api/verdicts',
        { ...filter, by: ['decision', 'rule'], decision: ['deny', 'require_approval', 'flag'], limit: 7 },
        { signal },
      ),
    { live: true },
  );
  return (
    <>
      <Answer
        query={query}
        empty={({ total }) => total === 0 && <Nothing icon="policies" title="Nothing has been judged yet" />}
      >
        {({ groups }) => (
          <Stack
            caption="Decisions"
            parts={decisions.map((decision) => ({
              key: decision,
              label: words[decision] ?? decision,
              tone: toneOf(decision),
              value: groups.find(({ key }) => key['decision'] === decision)?.count ?? 0,
              href: address('/findings', { decision }),
            }))}
          />
        )}
      </Answer>
      <h3 class="gap">Rules that speak most often</h3>
      <Answer query={rules} lines={4}>
        {({ groups }) => (
          <Bars
            stacked
            caption="Rules that speak most often"
            bars={groups.map(({ key, count }) => ({
              key: `${key['decision']} ${key['rule']}`,
              label: <span title={key['rule']}>{ruleName(key['rule'] ?? '')}</span>,
              value: count,
              tone: toneOf(key['decision'] ?? ''),
              href: address('/findings', { decision: key['decision'], rule: key['rule'] }),
            }))}
          />
        )}
      </Answer>
    </>
  );
}
