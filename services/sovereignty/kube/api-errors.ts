/** What an API server's refusal means to the operator: a code of ours, and whether trying again can help. */
import { codeOf, type ElavaError, type ErrorCode, elavaError } from '../../../lib/errors.ts';

export interface ApiRefusal {
  readonly status: number;
  /** The `reason` of the Status object: "AlreadyExists". */
  readonly reason: string;
  /** What the server asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'KUBE_INVALID',
  401: 'KUBE_FORBIDDEN',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  405: 'KUBE_NOT_FOUND',
  409: 'KUBE_CONFLICT',
  410: 'KUBE_GONE',
  422: 'KUBE_INVALID',
  429: 'KUBE_THROTTLED',
};

/** The error of an answer. `text` is the Status object, or whatever a proxy answered in its place. */
export function refusal(what: string, status: number, { text = '', retryAfter = '' } = {}): ElavaError {
  const { reason = '', message = text.slice(0, 200) } = statusOf(text);
  const seconds = Number.parseInt(retryAfter, 10);
  const data: ApiRefusal = {
    status,
    reason,
    ...(Number.isNaN(seconds) ? {} : { retryAfterMs: Math.min(seconds, 60) * 1000 }),
  };
  return elavaError(byStatus[status] ?? 'KUBE_SERVER', `${what}: ${message || `HTTP ${status}`}`, { data });
}

function statusOf(text: string): { reason?: string; message?: string } {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string };
    return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
  } catch {
    return {};
  }
}

export function refusalOf(error: unknown): ApiRefusal | undefined {
  return (error as { data?: ApiRefusal } | null)?.data;
}

const transient: ReadonlySet<ErrorCode> = new Set([
  'KUBE_UNREACHABLE',
  'KUBE_TIMEOUT',
  'KUBE_THROTTLED',
  'KUBE_SERVER',
  'KUBE_CONFLICT',
  'KUBE_GONE',
  'DEADLINE_EXCEEDED',
]);

/** Whether the same call may succeed soon, with nobody changing anything. */
export function isTransient(error: unknown): boolean {
  return transient.has(codeOf(error));
}
