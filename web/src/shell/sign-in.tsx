/** Asks for a token when the gateway wants one. It stays in this tab only. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, signIn, token } from '../base/api.ts';
import { askNow } from '../base/pulse.ts';
import { forgetAnswers } from '../base/query.ts';
import { Icon } from '../parts/icon.tsx';

export function SignIn({ failure }: { readonly failure: Failure }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const enter = (event: Event): void => {
    event.preventDefault();
    signIn(text.trim());
    forgetAnswers();
    askNow();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="sign-in-title" onCancel={(event) => event.preventDefault()}>
      <form onSubmit={enter}>
        <header class="panel-head">
          <Icon name="key" />
          <h2 id="sign-in-title">Sign in</h2>
        </header>
        <p>{token() === '' ? 'This Elava wants to know who you are.' : failure.message}</p>
        <label class="field">
          Access token
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <p class="muted">It is kept in this tab and sent to {location.host} only.</p>
        <div class="dialog-tools">
          <button type="submit" class="button primary">
            Sign in
          </button>
        </div>
      </form>
    </dialog>
  );
}
