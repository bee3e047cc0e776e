/** Whether what is seen follows the store, how old it is, and what is being done about it. */
import { contact } from '../base/api.ts';
import { duration } from '../base/format.ts';
import { askNow, now, paused, revision } from '../base/pulse.ts';
import { Icon } from '../parts/icon.tsx';

export function Freshness() {
  const { at, lost } = contact.value;
  const age = Math.max(0, now.value - at);
  const state = lost ? 'lost' : paused.value ? 'paused' : at === 0 ? 'waiting' : 'live';
  const words = {
    lost: at === 0 ? 'No connection' : `No connection · as of ${duration(age)} ago`,
    paused: 'Paused',
    waiting: 'Connecting',
    live: 'Live',
  };
  return (
    <div class={`freshness ${state}`}>
      <span role="status" title={revision.value === '' ? '' : `Revision ${revision.value} of the store`}>
        <span class="dot" aria-hidden="true" />
        {words[state]}
      </span>
      {state === 'lost' ? (
        <button type="button" class="icon-button small" aria-label="Try again now" onClick={askNow}>
          <Icon name="again" size={15} />
        </button>
      ) : (
        <button
          type="button"
          class="icon-button small"
          aria-label={paused.value ? 'Follow the store again' : 'Pause: show what is shown now'}
          aria-pressed={paused.value}
          onClick={() => {
            paused.value = !paused.value;
            askNow();
          }}
        >
          <Icon name={paused.value ? 'play' : 'pause'} size={15} />
        </button>
      )}
    </div>
  );
}
