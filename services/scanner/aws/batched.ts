/**
 * Details that one call gives for several resources: tags of twenty load balancers or ten zones. Each resource asks for its
 * own, as where a call gives one; whoever asks first makes the call for its neighbours too.
 */
import { awsNameOf } from './errors.ts';

export interface Batching<V> {
  /** Resources that one call takes. */
  readonly size: number;
  /** AWS's errors that one missing resource brings upon its whole batch. */
  readonly gone: readonly string[];
  readonly call: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
}

/** Looks one of the keys up. Rejects with what its call rejects with; a missing neighbour is nobody else's failure. */
export type Lookup<V> = (key: string) => Promise<V | undefined>;

export function batched<V>(keys: readonly string[], { size, gone, call }: Batching<V>): Lookup<V> {
  const made = new Map<number, Promise<ReadonlyMap<string, V>>>();
  const places = new Map(keys.map((key, i) => [key, Math.floor(i / size)]));
  const batchOf = (place: number): Promise<ReadonlyMap<string, V>> => {
    const batch = made.get(place) ?? call(keys.slice(place * size, (place + 1) * size));
    made.set(place, batch);
    return batch;
  };
  return async (key) => {
    try {
      return (await batchOf(places.get(key) ?? 0)).get(key);
    } catch (error) {
      if (!gone.includes(awsNameOf(error))) throw error;
      return (await call([key])).get(key);
    }
  };
}
