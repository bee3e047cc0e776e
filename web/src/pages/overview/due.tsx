/** Actions that wait for somebody. */
import { post } from '../../base/api.ts';
import { compact } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { Figure } from '../../parts/panel.tsx';
import { open, type PlansAnswer } from '../plans/answers.ts';
import { usePresent } from '../system/use-system.ts';

export function DueFigure() {
  const present = usePresent('reconciler');
  const query = useQuery<PlansAnswer>('plans', (signal) => post('/api/reconciler/plans', { limit: 50 }, { signal }), {
    live: true,
    when: present === true,
  });
  const due = query.data?.plans.flatMap(({ items }) => items).filter(({ phase }) => open.includes(phase)).length;
  return (
    <Figure
      label="Actions due"
      value={due === undefined ? '–' : compact(due)}
      note={present === false ? 'no reconciler runs' : 'planned, and not done'}
      href="/plans"
      tone={due ? 'warn' : ''}
    />
  );
}
