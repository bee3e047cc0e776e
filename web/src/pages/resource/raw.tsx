/** The document of a version, as it is stored. */
import { place } from '../../base/router.ts';
import { Panel } from '../../parts/panel.tsx';
import type { Timeline } from './answers.ts';
import { VersionChoice } from './compare.tsx';

export function Raw({ timeline: { versions } }: { readonly timeline: Timeline }) {
  const asked = place.value.query.get('revision');
  const version = versions.find(({ revision }) => revision === asked) ?? versions[0];
  if (!version) return null;
  return (
    <Panel>
      <div class="filters">
        <VersionChoice label="Shown" name="revision" versions={versions} chosen={version.revision} />
      </div>
      <pre class="document" tabIndex={0} aria-label="The document as JSON">
        {JSON.stringify(version.resource, null, 2)}
      </pre>
    </Panel>
  );
}
