/** Numbers that look random and are the same in every run: xorshift32. */

export type Pick = (below: number) => number;

/** `pick(n)` is a whole number from 0 to n - 1. A seed of 0 would give nothing but 0, so it is made odd. */
export function generator(seed: number): Pick {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
