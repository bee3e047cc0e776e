/** Any two versions side by side: the fields in which they differ. */
import { diffResources } from '../../../../services/history/diff.ts';
import { momentOf } from '../../base/format.ts';
import { place, setQuery } from '../../base/router.ts';
import { Nothing } from '../../parts/answer.tsx';
import { FieldDiff } from '../../parts/field-diff.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { Timeline } from './answers.ts';

export function Compare({ timeline: { versions } }: { readonly timeline: Timeline }) {
  const { query } = place.value;
  if (versions.length < 2) {
    return (
      <Nothing icon="time" title="There is one version only">
        <p>It has not changed since it was first seen. The Document tab shows it.</p>
      </Nothing>
    );
  }
  const after = versions.find(({ revision }) => revision === query.get('to')) ?? versions[0];
  const before = versions.find(({ revision }) => revision === query.get('from')) ?? versions[1];
  // As changes are told everywhere else: a list's elements are matched, not its places.
  const fields = before && after ? diffResources(before.resource, after.resource) : [];
  return (
    <Panel>
      <div class="filters">
        <VersionChoice label="Earlier" name="from" versions={versions} chosen={before?.revision ?? ''} />
        <VersionChoice label="Later" name="to" versions={versions} chosen={after?.revision ?? ''} />
      </div>
      {fields.length === 0 ? <p class="muted">The two are the same.</p> : <FieldDiff fields={fields} />}
    </Panel>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly name: 'from' | 'to' | 'revision';
  readonly versions: Timeline['versions'];
  readonly chosen: string;
}

export function VersionChoice({ label, name, versions, chosen }: VersionChoiceProps) {
  return (
    <label class="field">
      {label} version
      <select value={chosen} onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}>
        {versions.map(({ revision, at }, index) => (
          <option key={revision} value={revision}>
            {momentOf(at)} UTC{index === 0 ? ' (newest)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
