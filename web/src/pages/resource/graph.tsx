/** Three columns: what uses it, itself, what it refers to. Of many neighbours of one type one box stands for all. */
import { address, go, place } from '../../base/router.ts';
import type { Related } from './answers.ts';
import { type Box, boxesOf } from './graph-boxes.ts';

const ROW = 46;
const BOX = 34;
const WIDTH = 860;
const SIDE = 270;

export function Graph({ relations }: { readonly relations: readonly Related[] }) {
  const left = boxesOf(relations.filter(({ direction }) => direction === 'from'));
  const right = boxesOf(relations.filter(({ direction }) => direction === 'to'));
  const rows = Math.max(left.length, right.length, 1);
  const height = rows * ROW + 12;
  const middle = height / 2;
  const topOf = (index: number, of: number): number => middle - (of * ROW) / 2 + index * ROW + (ROW - BOX) / 2;
  return (
    <div class="scroll">
      <svg
        class="graph"
        width={WIDTH}
        height={height}
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="group"
        aria-label="References as a graph"
      >
        {left.map((box, i) => (
          <Edge
            key={box.key}
            from={[SIDE, topOf(i, left.length) + BOX / 2]}
            to={[WIDTH / 2 - 60, middle]}
            gone={!box.live}
          />
        ))}
        {right.map((box, i) => (
          <Edge
            key={box.key}
            from={[WIDTH / 2 + 60, middle]}
            to={[WIDTH - SIDE, topOf(i, right.length) + BOX / 2]}
            gone={!box.live}
          />
        ))}
        <rect class="graph-box own" x={WIDTH / 2 - 60} y={middle - BOX / 2} width={120} height={BOX} rx={8} />
        <text class="graph-own" x={WIDTH / 2} y={middle + 4} text-anchor="middle">
          this resource
        </text>
        {left.map((box, i) => (
          <Neighbour key={box.key} box={box} x={0} y={topOf(i, left.length)} />
        ))}
        {right.map((box, i) => (
          <Neighbour key={box.key} box={box} x={WIDTH - SIDE} y={topOf(i, right.length)} />
        ))}
      </svg>
    </div>
  );
}

type Point = readonly [number, number];

function Edge({ from, to, gone }: { readonly from: Point; readonly to: Point; readonly gone: boolean }) {
  const bend = (to[0] - from[0]) / 2;
  return (
    <path
      class={gone ? 'edge gone' : 'edge'}
      d={`M${from[0]} ${from[1]} C${from[0] + bend} ${from[1]} ${to[0] - bend} ${to[1]} ${to[0]} ${to[1]}`}
    />
  );
}

const MOST_LETTERS = 31;
const short = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

function Neighbour({ box, x, y }: { readonly box: Box; readonly x: number; readonly y: number }) {
  const href =
    box.id === undefined
      ? `${place.value.path}?${place.value.query}`
      : address('/resource', { id: box.id, tab: 'relations' });
  const inside = (
    <>
      <title>{box.title}</title>
      <rect class={box.live ? 'graph-box' : 'graph-box gone'} x={x + 1} y={y} width={SIDE - 2} height={BOX} rx={8} />
      <text class="graph-name" x={x + 12} y={y + 15}>
        {short(box.name)}
      </text>
      <text class="graph-type" x={x + 12} y={y + 28}>
        {box.note}
      </text>
    </>
  );
  if (box.id === undefined) return <g>{inside}</g>;
  return (
    <a
      href={href}
      onClick={(event) => {
        event.preventDefault();
        go(href);
      }}
    >
      {inside}
    </a>
  );
}
