/** The fields of a change: what stood there, and what stands there now. */
import type { FieldChange } from '../../../lib/resource.ts';
import { inline } from '../base/format.ts';
import { shortFields } from './change-words.ts';

export function FieldDiff({ fields }: { readonly fields: readonly FieldChange[] }) {
  const shown = shortFields(fields);
  if (shown.length === 0) return null;
  return (
    <table class="diff">
      <caption class="quiet">Changed fields</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ path, old, new: next }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td class="before">
              <Value value={old} />
            </td>
            <td class="after">
              <Value value={next} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null) return <span class="muted">none</span>;
  if (value === '') return <span class="muted">empty</span>;
  if (typeof value !== 'object') return <code>{inline(value)}</code>;
  if (Array.isArray(value)) return <code>{JSON.stringify(value)}</code>;
  return (
    <code class="entries">
      {Object.entries(value)
        .filter(([, one]) => one !== '')
        .map(([key, one]) => (
          <span key={key}>
            {key}: {typeof one === 'object' ? JSON.stringify(one) : inline(one)}
          </span>
        ))}
    </code>
  );
}
