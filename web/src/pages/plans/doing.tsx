/** A button that does something over the network: it says that it is at it, and why it failed. */
import { useState } from 'preact/hooks';
import type { Failure } from '../../base/api.ts';
import { failureFrom } from '../../base/query.ts';

interface DoingProps {
  readonly label: string;
  readonly act: () => Promise<unknown>;
  readonly done: () => void;
  readonly tone?: 'primary' | 'danger' | '';
  readonly disabled?: boolean;
  readonly large?: boolean;
}

export function Doing({ label, act, done, tone = '', disabled = false, large = false }: DoingProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  async function start(): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
      done();
    } catch (error) {
      setFailure(failureFrom(error));
    }
    setBusy(false);
  }
  return (
    <>
      {failure && (
        <span class="refusal" role="alert" title={failure.next}>
          {failure.message}
        </span>
      )}
      <button
        type="button"
        class={`button ${large ? '' : 'small'} ${tone}`}
        disabled={busy || disabled}
        onClick={() => void start()}
      >
        {busy ? `${label} …` : label}
      </button>
    </>
  );
}
