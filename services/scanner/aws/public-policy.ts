/** Whether a resource's policy lets everybody in. Pure. */

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

/** Keys that say who or from where; a condition on them keeps strangers out. */
const restricting: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:vpcsourceip',
]);
/** Operators that demand a value. Those that negate, and those that hold where the key is absent, demand nothing. */
const demanding = /^(forallvalues:|foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)$/;
const anything: ReadonlySet<unknown> = new Set(['*', '0.0.0.0/0', '::/0', 'arn:*', 'arn:aws:*']);

/** True when a statement of the document allows everybody something, with no condition on who or from where. */
export function isPublicPolicy(document: unknown): boolean {
  const { Statement = [] } = (document ?? {}) as { Statement?: Statement | Statement[] };
  return [Statement].flat().some((one) => one.Effect === 'Allow' && isForAnyone(one) && !isRestricted(one.Condition));
}

/** To allow all but some is to allow everybody else. */
function isForAnyone({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (typeof Principal === 'string') return Principal === '*';
  const { AWS } = (Principal ?? {}) as { AWS?: unknown };
  return [AWS].flat().includes('*');
}

function isRestricted(condition: unknown): boolean {
  return Object.entries((condition ?? {}) as Record<string, unknown>).some(
    ([operator, keys]) =>
      demanding.test(operator.toLowerCase()) &&
      Object.entries((keys ?? {}) as Record<string, unknown>).some(
        ([key, values]) => restricting.has(key.toLowerCase()) && [values].flat().every((value) => !anything.has(value)),
      ),
  );
}
