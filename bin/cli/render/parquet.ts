/** Findings of waste as Parquet, one column for each fact, for whoever joins them with prices. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { WasteFinding } from '../../../services/analyzer/analyzer.contract.ts';

const text = (name: string, value: (finding: WasteFinding) => string): Made => ({ name, type: 'STRING', value });
interface Made {
  readonly name: string;
  readonly type: 'STRING' | 'DOUBLE' | 'BOOLEAN' | 'TIMESTAMP' | 'JSON';
  readonly value: (finding: WasteFinding) => unknown;
}

const columns: readonly Made[] = [
  text('kind', ({ kind }) => kind),
  { name: 'since', type: 'TIMESTAMP', value: ({ since }) => new Date(since) },
  { name: 'confidence', type: 'DOUBLE', value: ({ confidence }) => confidence },
  text('type', ({ type }) => type),
  text('account', ({ account }) => account),
  text('region', ({ region }) => region),
  text('name', ({ name }) => name),
  text('id', ({ id }) => id),
  text('status', ({ status }) => status),
  text('evidence', ({ evidence }) => evidence.join('; ')),
  { name: 'tags', type: 'JSON', value: ({ tags }) => tags },
];

/** The bytes of the file. A fact that a resource does not have is null. */
export function wasteParquet(findings: readonly WasteFinding[]): Uint8Array {
  const facts = [...new Set(findings.flatMap((finding) => Object.keys(finding.facts)))].sort();
  const columnData = [...columns, ...facts.map((name) => factColumn(name, findings))].map(({ name, type, value }) => ({
    name,
    type,
    nullable: true,
    data: findings.map(value),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Of one kind if all of its values are, else text. */
function factColumn(fact: string, findings: readonly WasteFinding[]): Made {
  const kinds = new Set(findings.map(({ facts }) => typeof facts[fact]).filter((kind) => kind !== 'undefined'));
  const [only] = kinds.size === 1 ? kinds : [];
  const type = only === 'number' ? 'DOUBLE' : only === 'boolean' ? 'BOOLEAN' : 'STRING';
  return {
    name: fact,
    type,
    value({ facts }) {
      const value = facts[fact];
      if (value === undefined || value === null) return null;
      return type !== 'STRING' || typeof value === 'string' ? value : JSON.stringify(value);
    },
  };
}
