/**
 * Opens on the first call and gives what was opened on every other; calls meanwhile share the attempt. A failure is not kept:
 * the next call tries again.
 */
export function lazily<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
