/** The version that says that a resource is gone, and the observation that says so. Pure. */

import { NO_CONTENT } from './content-hash.ts';
import type { KnownResource } from './known.ts';
import type { Observation } from './observation.ts';
import type { Version } from './plan-ingest.ts';

/**
 * What the resource was called stays; its body gives way to the evidence: the first tombstone of an observation holds
 * it whole, so that it can be rolled forward should the process die before the observation itself is written.
 */
export function tombstone(known: KnownResource, observation: Observation, isFirst: boolean): Version {
  const { account, region, type, scan, finished } = observation;
  return {
    account,
    region,
    type,
    id: known.id,
    at: Math.max(finished, known.at),
    hash: NO_CONTENT,
    name: known.name,
    status: known.status,
    state_since: known.state_since,
    first_seen: known.first_seen,
    tags: known.tags,
    body: isFirst ? JSON.stringify(observation) : '',
    kind: 'disappeared',
    delta: -1,
    prev_hash: known.hash,
    prev_rev: known.rev,
    scan,
    baseline: false,
    ref_ids: [],
  };
}

/** The observation that a tombstone carries. */
export function evidenceOf(body: string): Observation {
  return JSON.parse(body) as Observation;
}
