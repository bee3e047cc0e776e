/** What a statement is, and what none may do: the engine would read files and call addresses for whoever asks. */
import { Refused } from './errors.ts';

export type Kind = 'read' | 'insert' | 'command';

/** Without comments, and with every text literal emptied: neither may decide what a statement is taken for. */
export function bareSql(sql: string): string {
  return sql
    .replace(/'(?:[^'\\]|\\.|'')*'/gs, "''")
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ');
}

export function kindOf(bare: string): Kind {
  if (/^\s*INSERT\b/i.test(bare) && !/\b(SELECT|VALUES)\b/i.test(bare)) return 'insert';
  return /^[\s(]*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b/i.test(bare) ? 'read' : 'command';
}

/** Table functions and engines that leave the server; names as `SELECT name FROM system.table_functions` has them. */
const outside =
  /\b(file|fileCluster|url|urlCluster|s3|s3Cluster|gcs|oss|cosn|hdfs|hdfsCluster|azureBlobStorage\w*|remote|remoteSecure|cluster\w*|mysql|postgresql|mongodb|redis|sqlite|jdbc|odbc|executable|python|iceberg\w*|deltaLake\w*|hudi\w*|paimon\w*|arrowFlight|ytsaurus|dictionary|loop)\s*\(/i;
const outsideEngine =
  /\bENGINE\s*=?\s*(File|URL|S3\w*|HDFS|AzureBlobStorage|AzureQueue|MySQL|PostgreSQL|MaterializedPostgreSQL|MongoDB|Redis|SQLite|JDBC|ODBC|Executable\w*|Distributed|Kafka|NATS|RabbitMQ|FileLog|IceBerg\w*|DeltaLake\w*|Hudi)\b/i;
const outsideClause = /\b(INTO\s+OUTFILE|FROM\s+INFILE|SOURCE\s*\()/i;
const outsideVerb = /^\s*(BACKUP|RESTORE|ATTACH|SYSTEM|CREATE\s+FUNCTION)\b/i;

/** Refuses by words, so it may refuse too much: all statements are ours, and none needs these. Throws Refused. */
export function checkStatement(bare: string): void {
  const plain = bare.replace(/[`"]/g, '');
  for (const rule of [outside, outsideEngine, outsideClause, outsideVerb]) {
    const [found] = rule.exec(plain) ?? [];
    if (found !== undefined)
      throw new Refused(497, 'ACCESS_DENIED', `this server does not do "${found.replace(/\s*\(?$/, '')}"`);
  }
}

/** The format in which a statement answers, and the statement saying so. */
export function withFormat(sql: string, fallback: string): { readonly sql: string; readonly format: string } {
  const [, named] = /\bFORMAT\s+(\w+)(?:\s+SETTINGS\b[^;]*)?\s*;?\s*$/i.exec(bareSql(sql)) ?? [];
  if (named !== undefined) return { sql, format: named };
  return { sql: `${sql.replace(/[;\s]+$/, '')}\nFORMAT ${fallback}`, format: fallback };
}

export function contentTypeOf(format: string): string {
  if (/^JSON.*(EachRow|Lines)/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return 'application/octet-stream';
}
