/** Search, how fresh the page is, theme and help. */
import { Icon } from '../parts/icon.tsx';
import { Freshness } from './freshness.tsx';
import { helpOpen } from './help.tsx';
import { navOpen } from './nav.tsx';
import { SearchBox } from './search-box.tsx';
import { nextTheme, theme, themeIcon } from './theme.ts';

export function TopBar() {
  return (
    <header class="top">
      <button
        type="button"
        class="icon-button menu-button"
        aria-label="Menu"
        aria-expanded={navOpen.value}
        onClick={() => (navOpen.value = !navOpen.value)}
      >
        <Icon name="menu" />
      </button>
      <SearchBox />
      <Freshness />
      <button
        type="button"
        class="icon-button"
        aria-label={`Theme: ${theme.value}`}
        title={`Theme: ${theme.value}`}
        onClick={nextTheme}
      >
        <Icon name={themeIcon()} />
      </button>
      <button type="button" class="icon-button" aria-label="Keyboard and help" onClick={() => (helpOpen.value = true)}>
        <Icon name="help" />
      </button>
    </header>
  );
}
