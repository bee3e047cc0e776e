/** The world as dots, with AWS's regions on it. Nothing is fetched for it. */
import { land, NORTH, STEP } from './land.ts';
import { places } from './regions.ts';
import type { MarkedRegion } from './regions-of.ts';

const CELL = 6;
const WIDTH = (360 / STEP) * CELL;
const HEIGHT = land.length * CELL;
const across = (longitude: number): number => ((longitude + 180) / STEP) * CELL;
const down = (latitude: number): number => ((NORTH - latitude) / STEP) * CELL;
/** One path for all dots: a thousand elements would make every page turn slow. */
const dots = land
  .flatMap((row, y) => [...row].flatMap((digit, i) => bitsOf(digit).map((bit) => dot(i * 4 + bit, y))))
  .join('');

function bitsOf(digit: string): number[] {
  const value = Number.parseInt(digit, 16);
  return [0, 1, 2, 3].filter((bit) => value & (8 >> bit));
}
function dot(x: number, y: number): string {
  return `M${x * CELL + CELL / 2} ${y * CELL + CELL / 2}h.01`;
}

export function RegionMap({ regions }: { readonly regions: readonly MarkedRegion[] }) {
  const marked = new Map(regions.map((one) => [one.region, one]));
  const allowed = regions.filter(({ policies }) => policies > 0).map(({ region }) => region);
  const placed = Object.entries(places).toSorted(([a], [b]) => Number(marked.has(a)) - Number(marked.has(b)));
  return (
    <svg
      class="world"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={
        allowed.length === 0
          ? 'World map: no region is named by a policy'
          : `World map: policies allow ${allowed.join(', ')}`
      }
    >
      <path class="world-land" d={dots} />
      {placed.map(([region, [city, latitude, longitude]]) => (
        <Mark
          key={region}
          at={[across(longitude), down(latitude)]}
          name={`${region} (${city})`}
          short={region}
          marked={marked.get(region)}
        />
      ))}
    </svg>
  );
}

interface MarkProps {
  readonly at: readonly [number, number];
  readonly name: string;
  readonly short: string;
  readonly marked: MarkedRegion | undefined;
}

function Mark({ at: [x, y], name, short, marked }: MarkProps) {
  if (!marked) {
    return (
      <circle class="region-mark" cx={x} cy={y} r={3}>
        <title>{name}: no policy names it</title>
      </circle>
    );
  }
  const { policies, violations } = marked;
  return (
    <g class={violations > 0 ? 'region-mark wrong' : 'region-mark allowed'}>
      <title>{`${name}: allowed by ${policies}, ${violations} violations`}</title>
      <circle class="halo" cx={x} cy={y} r={9 + Math.min(8, policies)} />
      <circle cx={x} cy={y} r={5} />
      <text x={x + 11} y={y + 4}>
        {short}
      </text>
    </g>
  );
}
