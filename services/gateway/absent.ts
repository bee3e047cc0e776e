/** A role that nobody runs is no failure of the gateway: the caller is told so by its code. */
import { elavaError } from '../../lib/errors.ts';

/** Errors: SERVICE_ABSENT where the broker knows nobody who answers; others as they are. */
export async function present<T>(role: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    // Moleculer's own words: the error comes from the broker, not from a service of ours.
    const { type } = (error ?? {}) as { type?: unknown };
    if (type !== 'SERVICE_NOT_FOUND' && type !== 'SERVICE_NOT_AVAILABLE') throw error;
    throw elavaError('SERVICE_ABSENT', `no process runs the role ${role}`);
  }
}
