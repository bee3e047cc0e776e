/** What narrows a view. Its state is the address, under the names that the HTTP interface and the command line use. */
import { useEffect, useState } from 'preact/hooks';
import { get, type HistoryAnswer } from '../base/api.ts';
import { compact } from '../base/format.ts';
import { useQuery } from '../base/query.ts';
import { place, setQuery, type Values } from '../base/router.ts';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';

const lists = ['type', 'account', 'region', 'tag'] as const;
const singles = ['text', 'status', 'owner'] as const;
type Dimension = 'type' | 'account' | 'region' | 'status' | 'owner';

/** The filter of the present address, as parameters of a request. */
export function filterValues(): Record<string, string | string[] | undefined> {
  const { query } = place.value;
  return {
    ...Object.fromEntries(lists.map((name) => [name, query.getAll(name)])),
    ...Object.fromEntries(singles.map((name) => [name, query.get(name) ?? undefined])),
  };
}

/** The same as flags of the command line. */
export function filterFlags(): string {
  const { query } = place.value;
  const many = lists.flatMap((name) =>
    query.has(name) ? [`--${name} ${query.getAll(name).map(quoted).join(',')}`] : [],
  );
  const one = singles.flatMap((name) => (query.has(name) ? [`--${name} ${quoted(query.get(name) ?? '')}`] : []));
  return [...many, ...one].map((flag) => ` ${flag}`).join('');
}

const quoted = (text: string): string => (/^[\w.:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

interface FiltersProps {
  readonly dimensions?: readonly Dimension[];
  /** The estate at this instant is offered, not the present one. */
  readonly at?: string | undefined;
  readonly text?: boolean;
}

export function Filters({
  dimensions = ['type', 'account', 'region', 'status', 'owner'],
  at,
  text = true,
}: FiltersProps) {
  return (
    <div class="filters" role="group" aria-label="Filters">
      {text && <TextFilter />}
      {dimensions.map((dimension) => (
        <Choice key={dimension} dimension={dimension} at={at} />
      ))}
      <Chips />
    </div>
  );
}

/** Types into the address a moment after the last key. */
function TextFilter() {
  const given = place.value.query.get('text') ?? '';
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text === given) return undefined;
    const timer = setTimeout(() => setQuery({ text }), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      class="input"
      type="search"
      aria-label="Name or id contains"
      placeholder="Name or id contains …"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

const words: Readonly<Record<Dimension, string>> = {
  type: 'Type',
  account: 'Account',
  region: 'Region',
  status: 'State',
  owner: 'Owner',
};

function Choice({ dimension, at }: { readonly dimension: Dimension; readonly at: string | undefined }) {
  const [opened, setOpened] = useState(false);
  return (
    <div onClickCapture={() => setOpened(true)} onKeyDownCapture={() => setOpened(true)}>
      <Menu label={words[dimension]} icon="filter" stays>
        {opened && <Options dimension={dimension} at={at} />}
      </Menu>
    </div>
  );
}

/** What there is to choose, with how many, under the other filters. */
function Options({ dimension, at }: { readonly dimension: Dimension; readonly at: string | undefined }) {
  const many = dimension === 'type' || dimension === 'account' || dimension === 'region';
  const chosen = place.value.query.getAll(dimension);
  const values: Values = { ...filterValues(), [dimension]: undefined, at, by: [dimension], limit: 200 };
  const query = useQuery<HistoryAnswer<'counts'>>(`options ${JSON.stringify(values)}`, (signal) =>
    get('/api/counts', values, { signal }),
  );
  if (query.data === undefined)
    return <p class="muted menu-note">{query.failure ? query.failure.message : 'Loading …'}</p>;
  const groups = query.data.groups ?? [];
  if (groups.length === 0) return <p class="muted menu-note">Nothing to choose.</p>;
  return (
    <>
      {groups.map(({ key, count }) => {
        const value = key[dimension] ?? '';
        return (
          <label key={value}>
            <input
              type={many ? 'checkbox' : 'radio'}
              name={`filter-${dimension}`}
              checked={chosen.includes(value)}
              disabled={value === ''}
              onChange={() => setQuery({ [dimension]: many ? toggled(chosen, value) : value }, { push: true })}
            />
            {value === '' ? <i>none</i> : value}
            <span class="muted">{compact(count)}</span>
          </label>
        );
      })}
    </>
  );
}

const toggled = (chosen: readonly string[], value: string): string[] =>
  chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];

/** What narrows the view now; each can be taken away. */
function Chips() {
  const { query } = place.value;
  const held = [...query].filter(([name]) => ([...lists, ...singles] as string[]).includes(name) && name !== 'text');
  if (held.length === 0) return null;
  return (
    <>
      {held.map(([name, value]) => (
        <span key={`${name}=${value}`} class="chip">
          {name}: {value}
          <button
            type="button"
            class="icon-button"
            aria-label={`Remove ${name} ${value}`}
            onClick={() => setQuery({ [name]: query.getAll(name).filter((one) => one !== value) }, { push: true })}
          >
            <Icon name="close" size={13} />
          </button>
        </span>
      ))}
      <button
        type="button"
        class="button small"
        onClick={() =>
          setQuery(Object.fromEntries([...lists, ...singles].map((name) => [name, undefined])), { push: true })
        }
      >
        Clear
      </button>
    </>
  );
}
