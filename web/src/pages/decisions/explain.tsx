/** One decision in full: what was asked, what was answered, by which policies. */
import { useEffect, useRef } from 'preact/hooks';
import { place, setQuery } from '../../base/router.ts';
import { Badge } from '../../parts/badge.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { Decided } from './decided.ts';

export function Explain({ rows }: { readonly rows: readonly Decided[] }) {
  const key = place.value.query.get('decision');
  const found = useRef<Decided | undefined>(undefined);
  found.current = rows.find((row) => row.key === key) ?? (found.current?.key === key ? found.current : undefined);
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = found.current;
  useEffect(() => {
    if (shown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown?.key]);
  const close = (): void => setQuery({ decision: undefined });
  return (
    <dialog ref={dialog} class="dialog wide" aria-labelledby="explain-title" onClose={close}>
      {shown && (
        <>
          <header class="panel-head">
            <h2 id="explain-title">
              <Badge word={shown.allowed ? 'allow' : 'deny'} /> {shown.tenant} · {shown.path}
            </h2>
            <button type="button" class="icon-button" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          <dl class="facts">
            <Fact name="When">{shown.at}</Fact>
            <Fact name="Why">{shown.error || shown.reason || 'The policy gives no reason.'}</Fact>
            <Fact name="Effect">{shown.effect}</Fact>
            <Fact name="Took">{`${shown.micros} µs`}</Fact>
            <Fact name="By bundle">{shown.bundle}</Fact>
            {shown.correlation !== '' && <Fact name="Correlation">{shown.correlation}</Fact>}
          </dl>
          <h3>Asked</h3>
          <pre class="document">{JSON.stringify(shown.input, null, 2)}</pre>
          <h3>Answered</h3>
          <pre class="document">{JSON.stringify(shown.decision, null, 2)}</pre>
        </>
      )}
    </dialog>
  );
}
