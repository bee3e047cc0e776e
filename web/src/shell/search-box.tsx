/** Finds a resource from anywhere, as one types. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type HistoryAnswer } from '../base/api.ts';
import { count } from '../base/format.ts';
import { useQuery } from '../base/query.ts';
import { address, go } from '../base/router.ts';
import { Icon } from '../parts/icon.tsx';

type Answer = HistoryAnswer<'search'>;
type Found = Answer['found'][number];

const PAUSE_MS = 150;

export function SearchBox() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const asked = useSettled(text.trim(), PAUSE_MS);
  const query = useQuery<Answer>(
    `search ${asked}`,
    (signal) => get('/api/search', { q: asked, limit: 8, gone: 'true' }, { signal }),
    { when: asked !== '' },
  );
  const found = asked === '' || query.old ? [] : (query.data?.found ?? []);
  const all = address('/resources', { text: text.trim() });
  const links = [...found.map((one) => address('/resource', { id: one.id })), all];

  function follow(to: string | undefined): void {
    setOpen(false);
    input.current?.blur();
    go(to ?? all);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      setOpen(false);
      input.current?.blur();
    } else if (event.key === 'Enter' && text.trim() !== '') follow(links[active] ?? links[0]);
    else if (event.key === 'ArrowDown') setActive((active + 1) % links.length);
    else if (event.key === 'ArrowUp') setActive((active + links.length - 1) % links.length);
    else return;
    event.preventDefault();
  }
  const shown = open && text.trim() !== '';
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        aria-label="Search the estate"
        aria-expanded={shown}
        aria-controls="search-list"
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `found-${active}` : undefined}
        placeholder="Search by name, id, tag=value …"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setActive(-1);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), PAUSE_MS)}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      <FoundList shown={shown} found={found} total={query.data?.total ?? 0} active={active} links={links} />
    </div>
  );
}

interface FoundListProps {
  readonly shown: boolean;
  readonly found: readonly Found[];
  readonly total: number;
  readonly active: number;
  readonly links: readonly string[];
}

function FoundList({ shown, found, total, active, links }: FoundListProps) {
  return (
    <ul id="search-list" class="found" role="listbox" aria-label="Found resources" hidden={!shown}>
      {found.map((one, index) => (
        <li key={one.id} id={`found-${index}`} role="option" aria-selected={index === active}>
          <a href={links[index] ?? ''} tabIndex={-1} class={one.live ? '' : 'gone'}>
            <span class="type">{one.type}</span>
            <strong>{one.name || one.id}</strong>
            <span class="muted">
              {one.account} · {one.region}
              {one.live ? '' : ' · gone'}
            </span>
          </a>
        </li>
      ))}
      <li id={`found-${found.length}`} role="option" aria-selected={found.length === active}>
        <a href={links.at(-1) ?? ''} tabIndex={-1}>
          {total > found.length ? `All ${count(total)} in Resources` : 'Look in Resources'}
        </a>
      </li>
    </ul>
  );
}

/** A value that has not changed for so long. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
