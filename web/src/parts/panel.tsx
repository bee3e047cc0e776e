/** Frames: a page's head, a titled panel, a figure. */
import type { ComponentChildren } from 'preact';

interface PageHeadProps {
  readonly title: ComponentChildren;
  readonly text?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** `children` are the page's own actions, to the right. */
export function PageHead({ title, text, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div>
        <h1>{title}</h1>
        {text !== undefined && <p class="muted">{text}</p>}
      </div>
      <div class="page-tools">{children}</div>
    </header>
  );
}

interface PanelProps {
  readonly title?: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

export function Panel({ title, note, tools, children, class: more = '' }: PanelProps) {
  return (
    <section class={`panel ${more}`}>
      {title !== undefined && (
        <div class="panel-head">
          <h2>{title}</h2>
          {note !== undefined && <span class="muted">{note}</span>}
          {tools !== undefined && <div class="panel-tools">{tools}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly href?: string;
  readonly tone?: string;
  readonly children?: ComponentChildren;
}

/** One number that matters, with what it leads to. */
export function Figure({ label, value, note, href, tone = '', children }: FigureProps) {
  const inside = (
    <>
      <span class="figure-label">{label}</span>
      <span class="figure-value">{value}</span>
      {note !== undefined && <span class="figure-note muted">{note}</span>}
      {children}
    </>
  );
  return href === undefined ? (
    <div class={`figure ${tone}`}>{inside}</div>
  ) : (
    <a class={`figure ${tone}`} href={href}>
      {inside}
    </a>
  );
}
