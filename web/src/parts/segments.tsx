/** One of a few, side by side. */
interface SegmentsProps<V extends string> {
  readonly label: string;
  readonly chosen: string;
  readonly options: readonly (readonly [V, string])[];
  readonly onChoose: (value: V) => void;
}

export function Segments<V extends string>({ label, chosen, options, onChoose }: SegmentsProps<V>) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(([value, word]) => (
        <button
          key={value}
          type="button"
          class="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
