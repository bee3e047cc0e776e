/** The list of decisions; choosing one explains it. */
import { clockOf } from '../../base/format.ts';
import { withQuery } from '../../base/router.ts';
import { Badge } from '../../parts/badge.tsx';
import { Grid, type GridColumn } from '../../parts/grid.tsx';
import type { Decided } from './decided.ts';

const columns: readonly GridColumn<Decided>[] = [
  { head: 'When', width: '84px', cell: (row) => <time dateTime={row.at}>{clockOf(row.at)}</time> },
  { head: 'Tenant', width: 'minmax(90px, 1fr)', cell: (row) => row.tenant },
  { head: 'Decision', width: '92px', cell: (row) => <Badge word={row.allowed ? 'allow' : 'deny'} /> },
  { head: 'Rule', width: 'minmax(90px, 1.2fr)', cell: (row) => <span title={row.path}>{ruleOf(row.path)}</span> },
  { head: 'Why', width: 'minmax(140px, 3fr)', cell: (row) => row.error || row.reason || <span class="muted">–</span> },
  { head: 'Took', width: '76px', cell: (row) => `${row.micros} µs`, right: true },
];

/** What stands after the tenant; nothing does when the whole policy was asked for. */
function ruleOf(path: string): string {
  return path.split('/').slice(2).join('.') || 'the whole';
}

export function Stream({ rows }: { readonly rows: readonly Decided[] }) {
  return (
    <Grid
      caption="Live decisions"
      columns={columns}
      rows={rows}
      keyOf={(row) => row.key}
      hrefOf={(row) => withQuery({ decision: row.key })}
      rowHeight={36}
    />
  );
}
