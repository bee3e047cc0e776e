/**
 * A long list as a table of which only the seen rows exist. Rows have one height, so the place of each is known.
 * Arrow keys, Page, Home and End move the active row; Enter opens it.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { go } from '../base/router.ts';
import { steps, windowOf } from './grid-window.ts';

export interface GridColumn<T> {
  readonly head: string;
  /** A track of CSS grid, such as `minmax(8rem, 2fr)`. */
  readonly width: string;
  readonly cell: (row: T) => ComponentChildren;
  readonly right?: boolean;
}
export interface GridProps<T> {
  readonly caption: string;
  readonly columns: readonly GridColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly hrefOf?: (row: T) => string | undefined;
  readonly rowHeight?: number;
  /** Called when the end comes near; the owner asks for the next page. */
  readonly onEnd?: (() => void) | undefined;
  /** Said at the end, such as "loading more". */
  readonly foot?: ComponentChildren;
}

export function Grid<T>(props: GridProps<T>) {
  const { caption, columns, rows, keyOf, hrefOf, rowHeight = 40, onEnd, foot } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState(-1);
  const { first, last } = windowOf(view, rowHeight, rows.length);
  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };

  useLayoutEffect(() => measure(box.current, setView), []);
  useEffect(() => {
    if (onEnd && last >= rows.length - 10) onEnd();
  }, [last, rows.length, onEnd]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      const to = rows[active] && hrefOf?.(rows[active]);
      if (to !== undefined) go(to);
      return;
    }
    const next = steps(event.key, active, rows.length, Math.floor(view.height / rowHeight));
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    reveal(box.current, next * rowHeight, rowHeight);
  }
  const id = (index: number): string => `row-${caption.replaceAll(/\W+/g, '-')}-${index}`;
  return (
    <div
      ref={box}
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label={caption}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active >= first && active < last ? id(active) : undefined}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <div class="grid-head" role="row" aria-rowindex={1} style={template}>
        {columns.map(({ head, right }) => (
          <span key={head} role="columnheader" class={right ? 'right' : ''}>
            {head}
          </span>
        ))}
      </div>
      <div class="grid-body" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => (
          <GridRow
            key={keyOf(row)}
            id={id(first + offset)}
            columns={columns}
            row={row}
            index={first + offset}
            active={first + offset === active}
            href={hrefOf?.(row)}
            place={{ ...template, top: `${(first + offset) * rowHeight}px`, height: `${rowHeight}px` }}
          />
        ))}
      </div>
      {foot !== undefined && <div class="grid-foot muted">{foot}</div>}
    </div>
  );
}

interface RowProps<T> {
  readonly id: string;
  readonly columns: readonly GridColumn<T>[];
  readonly row: T;
  readonly index: number;
  readonly active: boolean;
  readonly href: string | undefined;
  readonly place: Readonly<Record<string, string>>;
}

/** The first cell is the link; a click anywhere on the row follows it. */
function GridRow<T>({ id, columns, row, index, active, href, place }: RowProps<T>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      class={`grid-row ${index % 2 === 1 ? 'odd' : ''} ${href === undefined ? '' : 'opens'} ${active ? 'active' : ''}`}
      style={place}
      onClick={(event) => {
        if (href !== undefined && !(event.target as Element).closest('a, button') && getSelection()?.type !== 'Range')
          go(href);
      }}
    >
      {columns.map(({ head, cell, right }, column) => (
        <span key={head} role="gridcell" class={right ? 'right' : ''}>
          {column === 0 && href !== undefined ? (
            <a href={href} tabIndex={-1}>
              {cell(row)}
            </a>
          ) : (
            cell(row)
          )}
        </span>
      ))}
    </div>
  );
}

function measure(box: HTMLDivElement | null, set: (view: { top: number; height: number }) => void) {
  if (!box) return undefined;
  const observer = new ResizeObserver(() => set({ top: box.scrollTop, height: box.clientHeight }));
  observer.observe(box);
  return () => observer.disconnect();
}

/** Scrolls no further than is needed; the head covers the top. */
function reveal(box: HTMLDivElement | null, top: number, height: number): void {
  if (!box) return;
  const head = box.firstElementChild?.clientHeight ?? 0;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height + head > box.scrollTop + box.clientHeight)
    box.scrollTop = top + height + head - box.clientHeight;
}
