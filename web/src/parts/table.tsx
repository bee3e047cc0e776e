/** A table that fits its panel: what is wider can be moved sideways. */
import type { ComponentChildren } from 'preact';

interface TableProps {
  readonly heads: readonly string[];
  /** So many of the last columns hold numbers and stand to the right. */
  readonly right?: number;
  /** Names a table that scrolls in a place of bounded height; the keys scroll it too. */
  readonly tall?: string;
  /** Rows. */
  readonly children: ComponentChildren;
}

export function Table({ heads, right = 0, tall, children }: TableProps) {
  const scrolled = tall === undefined ? {} : { tabIndex: 0, role: 'region' as const, 'aria-label': tall };
  return (
    <div class={tall === undefined ? 'scroll' : 'scroll tall'} {...scrolled}>
      <table class="table">
        <thead>
          <tr>
            {heads.map((head, place) => (
              <th key={head} scope="col" class={place >= heads.length - right ? 'right' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
