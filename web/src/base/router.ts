/** Where the reader is: the address holds the whole state of a view, so every view can be shared and gone back to. */
import { signal } from '@preact/signals';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}
type Value = string | number | readonly string[] | undefined;
export type Values = Readonly<Record<string, Value>>;

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = signal<Place>(read());

/** `/resources?type=s3&type=ec2`: values that are empty or undefined are left out. */
export function address(path: string, values: Values = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) append(query, name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function append(query: URLSearchParams, name: string, value: Value): void {
  for (const one of Array.isArray(value) ? value : [value]) {
    if (one !== undefined && one !== '') query.append(name, String(one));
  }
}

/** The present address with some parameters set anew; undefined removes one. */
export function withQuery(values: Values): string {
  const { path, query } = place.peek();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    next.delete(name);
    append(next, name, value);
  }
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}

export function go(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  const before = place.peek().path;
  place.value = read();
  if (before !== place.peek().path) scrollTo(0, 0);
}

/** Sets parameters of the present view. Replaces: a drag of the slider is not a hundred steps back. */
export function setQuery(values: Values, { push = false } = {}): void {
  go(withQuery(values), { replace: !push });
}

/** Links are plain `<a href>`; those to our own pages are followed without loading. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    place.value = read();
  });
  addEventListener('click', (event) => {
    const to = followed(event);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  });
}

/** Where a click leads within our own pages; undefined leaves it to the browser. */
function followed(event: MouseEvent): string | undefined {
  const link = (event.target as Element).closest('a[href]');
  if (!isPlain(event) || !(link instanceof HTMLAnchorElement) || !isOwn(link)) return undefined;
  return link.pathname + link.search;
}

const isPlain = (event: MouseEvent): boolean =>
  !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

function isOwn(link: HTMLAnchorElement): boolean {
  if (link.origin !== location.origin || link.target !== '') return false;
  return !link.hasAttribute('data-plain') && !link.hasAttribute('download');
}
