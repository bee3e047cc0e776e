/** Light, dark, or as the system says. */
import { signal } from '@preact/signals';
import type { IconName } from '../parts/icon.tsx';

const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
const KEY = 'elava-theme';
const icons: Readonly<Record<Theme, IconName>> = { system: 'auto', light: 'sun', dark: 'moon' };

export const theme = signal<Theme>(stored());

function stored(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return themes.find((one) => one === chosen) ?? 'system';
}

export const themeIcon = (): IconName => icons[theme.value];

export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.peek()) + 1) % themes.length] ?? 'system';
  theme.value = next;
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is off: the choice holds until the page is closed.
  }
}
