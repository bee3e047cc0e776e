/** The same view elsewhere: a link to it, the command, the request, or its rows as a file. */
import { useState } from 'preact/hooks';
import { inline } from '../base/format.ts';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';

interface ShareMenuProps {
  /** The command line that answers the same question. */
  readonly command?: string;
  /** The path of the request, with its query. */
  readonly request?: string;
  /** Rows that are shown, for a file. */
  readonly rows?: () => readonly object[];
  readonly name: string;
}

export function ShareMenu({ command, request, rows, name }: ShareMenuProps) {
  return (
    <Menu label="Share" icon="copy">
      <Copy label="Copy a link to this view" text={() => location.href} />
      {command !== undefined && <Copy label="Copy as command" text={() => command} />}
      {request !== undefined && <Copy label="Copy as curl" text={() => `curl '${location.origin}${request}'`} />}
      {rows && (
        <>
          <button
            type="button"
            onClick={() => save(`${name}.json`, 'application/json', JSON.stringify(rows(), null, 2))}
          >
            <Icon name="export" size={16} /> Save shown rows as JSON
          </button>
          <button type="button" onClick={() => save(`${name}.csv`, 'text/csv', csv(rows()))}>
            <Icon name="export" size={16} /> Save shown rows as CSV
          </button>
        </>
      )}
    </Menu>
  );
}

function Copy({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [done, setDone] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text()).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    });
  };
  return (
    <button type="button" onClick={copy}>
      <Icon name={done ? 'done' : 'copy'} size={16} /> {done ? 'Copied' : label}
    </button>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Cells that a spreadsheet would take for a formula are quoted as text. */
function csv(rows: readonly object[]): string {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown): string => {
    const text = value === undefined || value === null || value === '' ? '' : inline(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [heads, ...rows.map((row) => heads.map((head) => (row as Record<string, unknown>)[head]))]
    .map((line) => line.map(cell).join(','))
    .join('\r\n');
}
