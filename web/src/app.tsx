/** The frame around every page. */
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, reachable, refused, unreachable } from './base/api.ts';
import { failureFrom } from './base/query.ts';
import { place } from './base/router.ts';
import { type Page, pages } from './pages.ts';
import { Failed, Nothing, Waiting } from './parts/answer.tsx';
import { PageHead } from './parts/panel.tsx';
import { Help } from './shell/help.tsx';
import { Nav } from './shell/nav.tsx';
import { useShortcuts } from './shell/shortcuts.ts';
import { SignIn } from './shell/sign-in.tsx';
import { TopBar } from './shell/top-bar.tsx';

export function App() {
  const { path } = place.value;
  const page = pages.find((one) => one.path === path);
  useShortcuts();
  return (
    <>
      <a class="skip" href="#main" data-plain>
        Skip to the content
      </a>
      <Nav current={path} />
      <div class="frame">
        <TopBar />
        <main id="main" tabIndex={-1}>
          {page ? <Shown page={page} /> : <Missing path={path} />}
        </main>
      </div>
      <Help />
      {refused.value && <SignIn failure={refused.value} />}
    </>
  );
}

const UNREACHABLE = unreachable().code;
/** How often a server that went away is asked whether it is back. */
const AGAIN_MS = 2000;

interface Loaded {
  readonly page: Page;
  readonly View: ComponentType;
}

/** The page's file is loaded when it is opened; the one before stays until then. */
function Shown({ page }: { readonly page: Page }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [failure, setFailure] = useState<Failure>();
  const first = useRef(true);
  useEffect(() => {
    let wanted = true;
    document.title = `${page.title} · Elava`;
    setFailure(undefined);
    page.load().then(
      (View) => {
        if (!wanted) return;
        setLoaded({ page, View });
        // A screen reader is told of the new page; the very first one it reads anyway.
        if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
        first.current = false;
      },
      async (error: unknown) => {
        const up = await reachable();
        if (wanted) setFailure(up ? failureFrom(error) : unreachable());
      },
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  // A browser does not ask again for a file that it failed to get: when the server is back the page is loaded anew.
  useEffect(() => {
    if (failure?.code !== UNREACHABLE) return;
    const timer = setInterval(() => void reachable().then((up) => up && location.reload()), AGAIN_MS);
    return () => clearInterval(timer);
  }, [failure]);
  if (failure) return <Failed failure={failure} again={() => location.reload()} />;
  if (!loaded) return <Waiting />;
  return (
    <div aria-busy={loaded.page !== page}>
      <loaded.View key={loaded.page.path} />
    </div>
  );
}

function Missing({ path }: { readonly path: string }) {
  return (
    <>
      <PageHead title="No such page" text={path} />
      <Nothing title="There is nothing at this address">
        <a href="/">Go to the overview</a>
      </Nothing>
    </>
  );
}
