/** Expressions that several questions share. */

/** A parameter in milliseconds as the tables' instants are. */
export function instantSql(name: string): string {
  return `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
}

/** One number for a resource: a set or a join of numbers costs a fifth of one of four columns. */
export function resourceHashSql(table: string): string {
  return `bitXor(${table}.rid, ${unitHashSql(table)})`;
}

/**
 * One number for a unit: to group by a number costs half of what grouping by three words does. Each word is hashed once
 * in its column's dictionary; odd factors keep the order of the three apart.
 */
export function unitHashSql(table: string): string {
  return `(cityHash64(${table}.account) * 3 + cityHash64(${table}.region) * 5 + cityHash64(${table}.type) * 7)`;
}

/** The rules that spoke in an evaluation. */
export const rulesSql = "JSONExtract(result, 'policies', 'Array(String)')";

/** Whether a row of `table` is of a resource that is there now and meets a condition on its current state. */
export function isLiveSql(table: string, condition: string): string {
  return `${resourceHashSql(table)} IN (SELECT ${resourceHashSql('c')} FROM resource_current AS c FINAL WHERE live AND ${condition})`;
}
