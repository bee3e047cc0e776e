/** The views of one page, as links: the address names the one that is shown, and names nothing for the first. */
import { place, type Values, withQuery } from '../base/router.ts';

/** Name and word of each, in their order. */
type Named<N extends string> = readonly [readonly [N, string], ...(readonly (readonly [N, string])[])];

/** The one that the address names; the first where it names none that there is. */
export function tabOf<N extends string>(tabs: Named<N>): N {
  const named = place.value.query.get('tab');
  return (tabs.find(([name]) => name === named) ?? tabs[0])[0];
}

interface TabsProps {
  readonly label: string;
  readonly tabs: Named<string>;
  readonly shown: string;
  /** What else of the address changes with the view. */
  readonly clear?: Values;
}

export function Tabs({ label, tabs, shown, clear = {} }: TabsProps) {
  const [first] = tabs[0];
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([name, word]) => (
        <a
          key={name}
          href={withQuery({ ...clear, tab: name === first ? undefined : name })}
          aria-current={shown === name ? 'page' : undefined}
        >
          {word}
        </a>
      ))}
    </nav>
  );
}
