/** The dashboard begins here. */
import { render } from 'preact';
import { App } from './app.tsx';
import { reachable } from './base/api.ts';
import { startPulse } from './base/pulse.ts';
import { followLinks } from './base/router.ts';
import './style/tokens.css';
import './style/shell.css';
import './style/frames.css';
import './style/controls.css';
import './style/words.css';
import './style/lists.css';
import './style/states.css';
import './style/pages.css';
import './style/views.css';
import './style/screens.css';

const ONCE_A_MINUTE_MS = 60_000;
const RELOADED = 'elava-reloaded';

// A page of an older build asks for files that a newer gateway does not have. Where loading anew does not help, the
// failure is shown instead of loading for ever.
addEventListener('vite:preloadError', () => void loadAnew());
async function loadAnew(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < ONCE_A_MINUTE_MS) return;
  // While the server is away loading anew would take away even what is shown.
  if (!(await reachable())) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}
followLinks();
startPulse();
const root = document.getElementById('app');
if (root) render(<App />, root);
