/**
 * Measures attribution against the labelled trail and draws its reliability: `node loadtest/attribution-report.ts` writes
 * docs/attribution-reliability.svg and prints the tables that docs/attribution.md shows. Ten in a hundred events come
 * 10 to 20 minutes late, five never; half of the changes come with a call that changed nothing.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { attributedEstate } from './attribution-estate.ts';
import {
  type Bin,
  calibrationError,
  kindAccuracy,
  reliability,
  type Score,
  scoreOf,
  scoresBy,
} from './attribution-score.ts';

const plot = fileURLToPath(new URL('../docs/attribution-reliability.svg', import.meta.url));
const trail = { lateShare: 0.1, missingShare: 0.05, noise: 0.5 };

/** The bench imports every file of this folder, so nothing runs on import. */
if (import.meta.main) await measure(process.argv.slice(2).map(Number));

async function measure([hours = 6, changes = 150]: number[]): Promise<void> {
  const all = await attributedEstate({ resources: 3000, accounts: 2, hours, changes, seed: 20, trail });
  const bins = reliability(all);
  const delivered = all.filter(({ label }) => label.available_at !== '');
  await writeFile(plot, svg(bins));
  print([scoreOf('all', all), scoreOf('whose event was delivered', delivered)]);
  print(scoresBy(all, ({ change }) => change.kind));
  print(scoresBy(all, ({ change, label }) => `${change.type} ${label.what}`));
  print(scoresBy(all, ({ label }) => `by ${label.archetype}`));
  console.log(
    `kind of actor ${percent(kindAccuracy(all))}, expected calibration error ${calibrationError(bins).toFixed(3)}\n`,
  );
  console.log('| said | changes | mean | was right |\n|---|---:|---:|---:|');
  for (const { from, to, count, said, was } of bins)
    console.log(`| ${from}–${to} | ${count} | ${said.toFixed(3)} | ${was.toFixed(3)} |`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function print(scores: readonly Score[]): void {
  console.log('| changes | number | precision | recall |\n|---|---:|---:|---:|');
  for (const { name, changes: count, precision, recall } of scores)
    console.log(`| ${name} | ${count} | ${percent(precision)} | ${percent(recall)} |`);
  console.log('');
}

/** Mean confidence to the right, share that was right upwards; the area of a dot is the number of changes. */
function svg(points: readonly Bin[]): string {
  const [size, edge] = [320, 40];
  const at = (x: number, y: number): [string, string] => [
    (edge + x * size).toFixed(1),
    (edge + (1 - y) * size).toFixed(1),
  ];
  const most = Math.max(...points.map(({ count }) => count));
  const dots = points.map(({ said, was, count }) => {
    const [x, y] = at(said, was);
    const radius = (3 + 9 * Math.sqrt(count / most)).toFixed(1);
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="#2563eb" fill-opacity="0.7"><title>said ${said.toFixed(2)}, was ${was.toFixed(2)}, ${count} changes</title></circle>`;
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => {
    const [x, bottom] = at(value, 0);
    const [left, y] = at(0, value);
    return [
      `<text x="${x}" y="${Number(bottom) + 16}" text-anchor="middle">${value}</text>`,
      `<text x="${Number(left) - 6}" y="${Number(y) + 4}" text-anchor="end">${value}</text>`,
    ];
  });
  const [x0, y0] = at(0, 0);
  const [x1, y1] = at(1, 1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 2 * edge} ${size + 2 * edge + 16}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
<rect x="${x0}" y="${y1}" width="${size}" height="${size}" fill="none" stroke="#94a3b8"/>
<line x1="${x0}" y1="${y0}" x2="${x1}" y2="${y1}" stroke="#94a3b8" stroke-dasharray="4"/>
${[...marks, ...dots].join('\n')}
<text x="${edge + size / 2}" y="${size + edge + 34}" text-anchor="middle">confidence that was given</text>
<text x="12" y="${edge + size / 2}" text-anchor="middle" transform="rotate(-90 12 ${edge + size / 2})">share that was right</text>
</svg>
`;
}
