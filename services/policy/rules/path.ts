/** Names of fields in rule policies: `resource.tags["cost-center"]`, `resource.security_groups[*].from_port`. */
import { anyElement, type Path } from './rule-policy.ts';

const step = /(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[(\*|[0-9]+|"(?:[^"\\]|\\.)*")\]/y;

/** Undefined when it is none. */
export function parsePath(text: string): Path | undefined {
  const path: Array<Path[number]> = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (!found) return undefined;
    path.push(found[1] ?? elementOf(found[2] ?? ''));
  }
  return typeof path[0] === 'string' ? path : undefined;
}

function elementOf(key: string): Path[number] {
  if (key === '*') return anyElement;
  return key.startsWith('"') ? (JSON.parse(key) as string) : Number(key);
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** As Rego. Every name but the first is quoted, as some are keywords. */
export function referenceOf(path: Path): string {
  return path.reduce<string>((ref, one) => {
    if (one === anyElement) return `${ref}[_]`;
    return typeof one === 'string' && plainName.test(one) && !keywords.has(one)
      ? `${ref}.${one}`
      : `${ref}[${JSON.stringify(one)}]`;
  }, 'input');
}

const keywords = new Set(
  'as contains data default else every false if in import input package not null some true with'.split(' '),
);
