/** An input, edited and judged in the page: what would the policies say if this were so? Nothing is stored. */
import { useEffect, useState } from 'preact/hooks';
import { type Failure, get, post } from '../../base/api.ts';
import { failureFrom, useQuery } from '../../base/query.ts';
import { place } from '../../base/router.ts';
import { Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { InputAnswer, Judged } from './answers.ts';

const example = {
  resource: {
    id: 'arn:aws:s3:::example',
    provider: 'aws',
    account: '111111111111',
    region: 'us-east-1',
    type: 's3',
    name: 'example',
    status: '',
    tags: {},
    public_read: true,
    metadata: { public_read: true },
  },
  history: [],
  context: { account: '111111111111', region: 'us-east-1', environment: 'prod', state_since_days: 0 },
  environment: 'prod',
  attribution: { actor: '' },
};
const printed = (value: unknown): string => JSON.stringify(value, null, 2);

export function TryIt({ packages }: { readonly packages: readonly string[] }) {
  const id = place.value.query.get('try') ?? '';
  const given = useQuery<InputAnswer>(`input ${id}`, (signal) => get('/api/rules/input', { id }, { signal }), {
    when: id !== '',
  });
  const [text, setText] = useState(printed(example));
  const [only, setOnly] = useState('');
  const [judged, setJudged] = useState<Judged>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    if (given.data && !given.old) setText(printed(given.data.input));
  }, [given.data, given.old]);

  async function judge(): Promise<void> {
    setFailure(undefined);
    try {
      const input: unknown = JSON.parse(text);
      setJudged(await post<Judged>('/api/rules/evaluate', { input, ...(only === '' ? {} : { packages: [only] }) }));
    } catch (error) {
      setFailure(error instanceof SyntaxError ? notJson(error) : failureFrom(error));
    }
  }
  if (id !== '' && !given.data && !given.failure) return <Waiting lines={8} />;
  return (
    <div class="columns">
      <Panel class="w7" title="Input" note={id === '' ? 'an example' : 'as the resource is judged now'}>
        {given.failure && <Failed failure={given.failure} slim />}
        <form
          class="stack-form"
          onSubmit={(event) => {
            event.preventDefault();
            void judge();
          }}
        >
          <label class="field">
            The document that the policies see as <code>input</code>
            <textarea
              rows={24}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
          </label>
          <div class="filters">
            <label class="field">
              Judged by
              <select value={only} onChange={({ currentTarget }) => setOnly(currentTarget.value)}>
                <option value="">those of its environment</option>
                {packages.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit" class="button primary">
              Judge it
            </button>
          </div>
        </form>
      </Panel>
      <Panel class="w5" title="What the policies say">
        {failure && <Failed failure={failure} slim />}
        {judged ? (
          <Outcome judged={judged} />
        ) : (
          !failure && (
            <Nothing icon="policies" title="Not judged yet">
              <p>Change the input as you like: nothing is stored and nothing is done.</p>
            </Nothing>
          )
        )}
      </Panel>
    </div>
  );
}

const notJson = (error: SyntaxError): Failure => ({
  code: 'INPUT_INVALID',
  message: `This is no JSON: ${error.message}`,
  next: 'Mend it and judge again.',
  status: 0,
});

function Outcome({ judged: { result, effect, packages, bundle } }: { readonly judged: Judged }) {
  return (
    <>
      <p class="outcome" role="status">
        <Badge word={result.decision} /> <span class="muted">effect {effect}</span>
      </p>
      {result.reason !== '' && <p>{result.reason}</p>}
      <ul class="verdicts">
        {packages.map((one) => (
          <li key={one.policy}>
            <Badge word={one.result.decision} />
            <div>
              <strong>{one.policy.replace(/^elava\./, '')}</strong>
              <p>{one.error === '' ? one.result.reason || 'Nothing to say.' : `It failed: ${one.error}`}</p>
              {one.result.policies.length > 0 && <p class="muted">{one.result.policies.join(', ')}</p>}
              {one.result.actions.length > 0 && <pre class="document">{printed(one.result.actions)}</pre>}
            </div>
          </li>
        ))}
      </ul>
      <p class="muted">
        By revision <code>{bundle.slice(0, 12)}</code>
      </p>
    </>
  );
}
