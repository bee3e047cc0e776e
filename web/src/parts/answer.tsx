/** The states of a question: waiting, failed, empty, answered, and answered before but failing now. */
import type { ComponentChildren } from 'preact';
import type { Failure } from '../base/api.ts';
import type { Query } from '../base/query.ts';
import { Icon, type IconName } from './icon.tsx';

interface AnswerProps<T> {
  readonly query: Query<T>;
  /** Shown when it says something; what to do next belongs in it. */
  readonly empty?: (data: T) => ComponentChildren;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}

export function Answer<T>({ query, empty, lines = 5, children }: AnswerProps<T>) {
  const { data, failure, loading, old } = query;
  if (data === undefined) {
    if (failure) return <Failed failure={failure} again={query.again} />;
    return <Waiting lines={lines} />;
  }
  const nothing = old ? undefined : empty?.(data);
  return (
    <div class={loading && old ? 'answer passing' : 'answer'} aria-busy={loading}>
      {failure && <Failed failure={failure} again={query.again} slim />}
      {nothing || children(data)}
    </div>
  );
}

export function Waiting({ lines = 5 }: { readonly lines?: number }) {
  return (
    <div class="waiting" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class={`bone bone-${line % 4}`} />
      ))}
    </div>
  );
}

interface FailedProps {
  readonly failure: Failure;
  readonly again?: () => void;
  readonly slim?: boolean;
}

export function Failed({ failure, again, slim = false }: FailedProps) {
  return (
    <div class={slim ? 'notice bad slim' : 'notice bad'} role="alert">
      <Icon name="alert" />
      <div>
        <strong>{failure.message}</strong>
        {failure.next !== '' && <p>{failure.next}</p>}
        <p class="code">{failure.code}</p>
      </div>
      {again && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

interface NothingProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** An empty place says why it is empty and what would fill it. */
export function Nothing({ icon = 'search', title, children }: NothingProps) {
  return (
    <div class="nothing">
      <Icon name={icon} size={28} />
      <strong>{title}</strong>
      {children !== undefined && <div class="muted">{children}</div>}
    </div>
  );
}
