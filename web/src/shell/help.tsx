/** The keys, in a dialog. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { pages } from '../pages.ts';
import { Icon } from '../parts/icon.tsx';

export const helpOpen = signal(false);

const keys: readonly (readonly [string, string])[] = [
  ['/', 'Search the estate'],
  ['T', 'Light, dark, or as the system'],
  ['↑ ↓ Enter', 'Move in a list, and open'],
  ['← →', 'Move the time slider; with Shift by a day'],
  ['?', 'This list'],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = (): void => {
    helpOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="help-title" onClose={close}>
      {open && (
        <>
          <header class="panel-head">
            <h2 id="help-title">Keyboard</h2>
            <button type="button" class="icon-button" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          <dl class="keys">
            {keys.map(([key, text]) => (
              <KeyLine key={key} keys={key} text={text} />
            ))}
            {pages.map(
              ({ key, title, path }) => key !== undefined && <KeyLine key={path} keys={`g ${key}`} text={title} />,
            )}
          </dl>
        </>
      )}
    </dialog>
  );
}

function KeyLine({ keys: held, text }: { readonly keys: string; readonly text: string }) {
  return (
    <div>
      <dt>
        {held.split(' ').map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
