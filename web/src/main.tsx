/** The dashboard begins here. */
import { render } from 'preact';
import { App } from './app.tsx';
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

// A page of an older build asks for files that a newer gateway does not have.
addEventListener('vite:preloadError', () => location.reload());
followLinks();
startPulse();
const root = document.getElementById('app');
if (root) render(<App />, root);
