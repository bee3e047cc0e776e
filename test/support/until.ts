/** Waits in tests for what comes about by itself. */

const LIMIT_MS = 60_000;
const PAUSE_MS = 25;

/** Asks until the answer is right, and gives it. Throws with the last answer after a minute. */
export async function until<T>(ask: () => Promise<T> | T, right: (value: T) => boolean = Boolean): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const value = await ask();
    if (right(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
