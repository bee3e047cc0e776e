/** The way to every page. What narrows the view (account, region) goes along. */
import { signal } from '@preact/signals';
import { address, place } from '../base/router.ts';
import { type Page, pages } from '../pages.ts';
import { Icon } from '../parts/icon.tsx';

export const navOpen = signal(false);

const groups = [...new Set(pages.map(({ group }) => group))].filter((group) => group !== '');

export function Nav({ current }: { readonly current: string }) {
  return (
    <>
      <nav class={navOpen.value ? 'nav open' : 'nav'} aria-label="Pages">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width={26} height={26} />
          Elava
        </a>
        {groups.map((group) => (
          <div key={group} class="nav-group">
            <h2 id={`nav-${group}`}>{group}</h2>
            <ul aria-labelledby={`nav-${group}`}>
              {pages
                .filter((page) => page.group === group)
                .map((page) => (
                  <li key={page.path}>
                    <NavLink page={page} current={current} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      {navOpen.value && (
        <button type="button" class="nav-cover" aria-label="Close the menu" onClick={() => (navOpen.value = false)} />
      )}
    </>
  );
}

function NavLink({ page, current }: { readonly page: Page; readonly current: string }) {
  const { query } = place.value;
  const here = page.path === current || (current === '/resource' && page.path === '/resources');
  const scope = { account: query.getAll('account'), region: query.getAll('region') };
  return (
    <a
      href={address(page.path, scope)}
      aria-current={here ? 'page' : undefined}
      onClick={() => {
        navOpen.value = false;
      }}
    >
      <Icon name={page.icon} />
      {page.title}
    </a>
  );
}
