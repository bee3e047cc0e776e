/**
 * Many who look at one page cost what one does: a question that is under way is not asked again beside itself. Nothing is
 * kept: who asks after the answer asks anew.
 */
export class Together {
  readonly #under = new Map<string, Promise<unknown>>();

  /** `key` names the whole question, of which nothing may depend on who asks. What fails, fails for all who wait for it. */
  ask<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const under = this.#under.get(key) as Promise<T> | undefined;
    if (under) return under;
    const answer = ask().finally(() => this.#under.delete(key));
    this.#under.set(key, answer);
    return answer;
  }
}
