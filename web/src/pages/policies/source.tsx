/** The policies as they stand at their source. */
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../../base/api.ts';
import { useQuery } from '../../base/query.ts';
import { place, setQuery } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { SourcesAnswer } from './answers.ts';
import { Rego } from './rego.tsx';

export function Source() {
  const query = useQuery<SourcesAnswer>('sources', (signal) => get('/api/rules/sources', {}, { signal }));
  return (
    <Answer
      query={query}
      empty={({ files }) =>
        files.length === 0 && <Nothing icon="policies" title="The source of the policies is empty" />
      }
    >
      {({ files }) => <Files files={files} />}
    </Answer>
  );
}

function Files({ files }: { readonly files: SourcesAnswer['files'] }) {
  const { query } = place.value;
  const shown = files.find(({ path }) => path === query.get('file')) ?? files[0];
  const line = Number(query.get('line') ?? 0);
  if (!shown) return null;
  return (
    <div class="columns">
      <nav class="panel w3 files" aria-label="Files of the policies">
        {files.map(({ path, test }) => (
          <button
            key={path}
            type="button"
            aria-current={path === shown.path ? 'true' : undefined}
            onClick={() => setQuery({ file: path, line: undefined })}
          >
            {path}
            {test && <span class="muted"> test</span>}
          </button>
        ))}
      </nav>
      <Panel class="w9 flush" title={<code>{shown.path}</code>}>
        <Text text={shown.text} line={line} />
      </Panel>
    </div>
  );
}

function Text({ text, line }: { readonly text: string; readonly line: number }) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    box.current?.querySelector('.lit')?.scrollIntoView({ block: 'center' });
  }, [text, line]);
  return (
    <pre ref={box} class="document source" tabIndex={0} aria-label="Source of the policy">
      {text.split('\n').map((one, index) => (
        <div key={index} class={index + 1 === line ? 'lit' : ''}>
          <span class="number" aria-hidden="true">
            {index + 1}
          </span>
          <Rego line={one} />
        </div>
      ))}
    </pre>
  );
}
