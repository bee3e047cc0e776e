/** Keys that work on every page: `/` searches, `g` and a letter goes to a page, `?` shows them all. */
import { useEffect } from 'preact/hooks';
import { go } from '../base/router.ts';
import { pages } from '../pages.ts';
import { helpOpen } from './help.tsx';
import { nextTheme } from './theme.ts';

const SEQUENCE_MS = 1500;

export function useShortcuts(): void {
  useEffect(() => {
    let goes = 0;
    const actions: Readonly<Record<string, () => void>> = {
      '/': () => document.getElementById('search')?.focus(),
      '?': () => {
        helpOpen.value = true;
      },
      g: () => {
        goes = Date.now();
      },
      T: nextTheme,
    };
    function onKeyDown(event: KeyboardEvent): void {
      const page = Date.now() - goes < SEQUENCE_MS ? pages.find(({ key }) => key === event.key) : undefined;
      const action = page && isBare(event) ? () => go(page.path) : actions[wordOf(event)];
      goes = 0;
      if (!action) return;
      event.preventDefault();
      action();
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

/** The key as `actions` names it; with Control or Command only K means something, and in a field nothing else does. */
function wordOf(event: KeyboardEvent): string {
  if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) return '/';
  return isBare(event) ? event.key : '';
}

const isBare = (event: KeyboardEvent): boolean =>
  !event.metaKey && !event.ctrlKey && !event.altKey && !writes(event.target);

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
