/** How complete an answer is. Silence would say "complete", so what is missing is said where the answer stands. */
import type { CoverageSummary } from '../../../services/history/questions.schema.ts';
import { ago, count, plural } from '../base/format.ts';
import { now } from '../base/pulse.ts';
import { address } from '../base/router.ts';
import { Icon } from './icon.tsx';

export function CoverageNote({ coverage }: { readonly coverage: CoverageSummary | undefined }) {
  if (!coverage || (coverage.stale === 0 && coverage.missing === 0)) return null;
  const { stale, missing, units, oldest } = coverage;
  return (
    <div class="notice warn slim" role="note">
      <Icon name="alert" />
      <div>
        <strong>
          {plural(stale, 'unit')} of {count(units)} could not be read completely.
        </strong>
        <p>
          What they held before is still shown; nothing disappears on a failed read.
          {missing > 0 &&
            ` ${plural(missing, 'unit')} ${missing === 1 ? 'was' : 'were'} never read completely: what is there is not known.`}
          {oldest !== '' && ` The oldest complete reading is from ${ago(oldest, now.value)}.`}
        </p>
      </div>
      <a class="button small" href={address('/scans', { state: 'incomplete' })}>
        See what failed
      </a>
    </div>
  );
}
