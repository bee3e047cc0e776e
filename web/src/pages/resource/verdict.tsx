/** What policies say of it now: the newest word of each. */
import { ago } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { address } from '../../base/router.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { Timeline } from './answers.ts';

const ranks: readonly string[] = ['deny', 'require_approval', 'flag', 'allow'];

export function Verdict({ timeline: { evaluations, live, id } }: { readonly timeline: Timeline }) {
  const newest = new Map<string, Timeline['evaluations'][number]>();
  for (const one of evaluations) if (!newest.has(one.policy_name)) newest.set(one.policy_name, one);
  const shown = [...newest.values()].toSorted(
    (a, b) => ranks.indexOf(a.result.decision) - ranks.indexOf(b.result.decision),
  );
  if (!live) return null;
  return (
    <Panel
      title="What policies say"
      tools={
        <a class="button small" href={address('/policies', { try: id })}>
          Try it
        </a>
      }
    >
      {shown.length === 0 && <p class="muted">No policy has judged it yet, or none is for its type and environment.</p>}
      <ul class="verdicts">
        {shown.map(({ policy_name, result, error, evaluated_at }) => (
          <li key={policy_name}>
            <Badge word={result.decision} />
            <div>
              <strong>{policy_name.replace(/^elava\./, '')}</strong>
              <p>{error === '' ? result.reason || 'Nothing to say.' : `It failed: ${error}`}</p>
              <p class="muted">
                {ago(evaluated_at, now.value)}
                {result.exempt && result.exempt.length > 0 && ' · exempt'}
                {result.confidence < 1 && ` · ${Math.round(result.confidence * 100)} % sure`}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
