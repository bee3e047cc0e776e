/** Accounts down, regions across: a cell is as dark as it is incomplete, and says it in words too. */
import type { HistoryAnswer } from '../../base/api.ts';
import { ago, compact } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { place, withQuery } from '../../base/router.ts';

type Cell = HistoryAnswer<'grid'>['cells'][number];

export function HeatMap({ cells }: { readonly cells: readonly Cell[] }) {
  const regions = [...new Set(cells.map(({ region }) => region))].toSorted();
  const accounts = [...Map.groupBy(cells, ({ account }) => account)];
  const { query } = place.value;
  const chosen = `${query.get('in_account')}/${query.get('in_region')}`;
  return (
    <div class="scroll">
      <table class="heat">
        <caption class="quiet">Completeness of the last readings by account and region</caption>
        <thead>
          <tr>
            <th scope="col">Account</th>
            {regions.map((region) => (
              <th key={region} scope="col">
                {region}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {accounts.map(([account, some]) => (
            <tr key={account}>
              <th scope="row">{account}</th>
              {regions.map((region) => (
                <td key={region}>
                  <HeatCell
                    cell={some.find((cell) => cell.region === region)}
                    chosen={`${account}/${region}` === chosen}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeatCell({ cell, chosen }: { readonly cell: Cell | undefined; readonly chosen: boolean }) {
  if (!cell) return <span class="heat-cell none">–</span>;
  const { units, complete, failed, partial, resources, errors, finished, account, region } = cell;
  const wrong = units - complete;
  const tone = wrong === 0 ? 'good' : failed > 0 ? (failed === units ? 'bad' : 'some') : 'warn';
  const words = wrong === 0 ? `${units} of ${units} read` : `${wrong} of ${units} incomplete`;
  const title = `${account} ${region}: ${words}, ${failed} failed, ${partial} partial, ${ago(finished, now.value)}${errors.length > 0 ? `; ${errors.join(', ')}` : ''}`;
  return (
    <a
      class={`heat-cell ${tone}`}
      title={title}
      aria-current={chosen ? 'true' : undefined}
      href={withQuery({ in_account: chosen ? undefined : account, in_region: chosen ? undefined : region })}
    >
      <b>{compact(resources)}</b>
      <span>{words}</span>
    </a>
  );
}
