/** WasteAnalyzer: what nobody seems to need, with the evidence, since when, and how sure. No cost is guessed. Pure. */
import type { StoredResource } from '../history/history.contract.ts';
import type { WasteFinding } from './analyzer.contract.ts';
import { type Fields as Resource, thereSince } from './gauges.ts';
import { idleBy, type Measured, oversizedBy, type UsageSettings } from './usage.ts';

export interface WasteSettings extends UsageSettings {
  /** Milliseconds. */
  readonly now: number;
  readonly ownerTags: readonly string[];
  /** Of the ids that are asked about, those that some live resource refers to. */
  readonly referred: ReadonlySet<string>;
  /** Of the ids that are asked about, those of live resources; units that were read completely. */
  readonly live: ReadonlySet<string>;
  readonly complete: ReadonlySet<string>;
  /** By id. */
  readonly usage: ReadonlyMap<string, Measured>;
}

type Kind = WasteFinding['kind'];
interface Waste {
  readonly since: string;
  readonly confidence: number;
  readonly evidence: string[];
}
type Rule = (resource: Fields, settings: WasteSettings) => Waste | undefined;
type Fields = StoredResource & Resource;

const DAY_MS = 86_400_000;
/** Whatever is younger may still be on its way to its use. */
const YOUNG_MS = 7 * DAY_MS;
const OLD_SNAPSHOT_MS = 30 * DAY_MS;

/** An image takes part in builds and recoveries that are months apart. */
const OLD_IMAGE_MS = 90 * DAY_MS;

/** Why a resource is attached to nothing, by type. */
const unattached: Readonly<Record<string, (resource: Fields) => string | undefined>> = {
  ebs: ({ status }) => (status === 'available' ? 'attached to no instance' : undefined),
  eip: ({ associated }) => (associated === false ? 'associated with nothing' : undefined),
  eni: ({ attached }) => (attached === false ? 'attached to nothing' : undefined),
  target_group: ({ used }) => (used === false ? 'no load balancer forwards to it' : undefined),
  elb_classic: ({ instance_ids: ids }) => (Array.isArray(ids) && ids.length === 0 ? 'it has no instances' : undefined),
};

const obsolete: Readonly<Record<string, Rule>> = {
  snapshot(resource, { live, complete, now }) {
    if (now - Date.parse(resource.created_at) < OLD_SNAPSHOT_MS || isKept(resource)) return undefined;
    const volume = text(resource.volume_id);
    const gone = complete.has(`${resource.account}/${resource.region}/ebs`) && !live.has(volumeOf(resource));
    if (volume === '' || !gone) return undefined;
    const evidence = [`its disk ${volume} is gone`, `made ${resource.created_at}`];
    return { since: resource.created_at, confidence: 0.8, evidence };
  },
  ami(resource, { now }) {
    const used = text(resource.last_used_at);
    const since = used || resource.created_at;
    if (resource.public === true || now - Date.parse(since) < OLD_IMAGE_MS || isKept(resource)) return undefined;
    const evidence = [
      used === '' ? 'never launched, as AWS tells' : `last launched ${used}`,
      `made ${resource.created_at}`,
    ];
    return { since, confidence: used === '' ? 0.8 : 0.6, evidence };
  },
};

/** The ARN of a snapshot's disk. */
export function volumeOf({ region, account, volume_id: volume }: Resource): string {
  return `arn:aws:ec2:${region}:${account}:volume/${text(volume)}`;
}

/** Nothing but that something refers to it can speak for it. Those alone need be asked about. */
export function mayBeOrphan(resource: StoredResource, settings: Pick<WasteSettings, 'ownerTags' | 'now'>): boolean {
  const fields = resource as Fields;
  return !settings.ownerTags.some((tag) => resource.tags[tag]) && isOld(fields, settings) && !isManaged(fields);
}

const rules: Readonly<Record<Kind, Rule>> = {
  stopped: (resource, { now, idleMs }) => {
    if (!['ec2', 'rds'].includes(resource.type) || resource.status !== 'stopped') return undefined;
    const told = text(resource.stopped_since);
    const source = told === '' ? 'the first scan that saw it so' : text(resource.stopped_since_source) || 'AWS';
    const since = told === '' ? resource.state_since : told;
    if (now - Date.parse(since) < idleMs) return undefined;
    return { since, confidence: told === '' ? 0.85 : 0.95, evidence: [`stopped since ${since}, as told by ${source}`] };
  },
  unattached: (resource, settings) => {
    const words = unattached[resource.type]?.(resource);
    if (words === undefined) return undefined;
    const since = later(resource.state_since, resource.created_at);
    if (settings.now - Date.parse(since) < settings.idleMs && !isOld(resource, settings)) return undefined;
    return { since, confidence: 0.9, evidence: [words, `so since ${since} at the latest`] };
  },
  obsolete: (resource, settings) => obsolete[resource.type]?.(resource, settings),
  idle: (resource, settings) => {
    const used = resource.type === 'ami' ? '' : text(resource.last_used_at);
    if (used !== '' && settings.now - Date.parse(used) >= settings.idleMs)
      return { since: used, confidence: 0.8, evidence: [`last used ${used}, as AWS tells`] };
    const measured = settings.usage.get(resource.id);
    const found = measured && idleBy(resource, measured, settings);
    return found && { since: measured.begun, ...found };
  },
  oversized: (resource, settings) => {
    const measured = settings.usage.get(resource.id);
    const found = measured && oversizedBy(resource, measured, settings);
    return found && { since: measured.begun, ...found };
  },
  orphaned: (resource, settings) => {
    if (!mayBeOrphan(resource, settings) || settings.referred.has(resource.id)) return undefined;
    const made = new Date(thereSince(resource)).toISOString();
    const evidence = [
      `none of the tags ${settings.ownerTags.join(', ')}`,
      'nothing refers to it',
      `there since ${made} at the latest`,
    ];
    return { since: made, confidence: resource.created_at === '' ? 0.5 : 0.6, evidence };
  },
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const later = (a: string, b: string): string => (a > b ? a : b);

function isOld(resource: Fields, { now }: Pick<WasteSettings, 'now'>): boolean {
  return now - thereSince(resource) >= YOUNG_MS;
}

/** AWS made it, or a stack or group that is no orphan does. */
function isManaged(resource: Fields): boolean {
  return isAwsOwn(resource) || Object.keys(resource.tags).some((tag) => tag.startsWith('aws:'));
}

function isAwsOwn({ type, id, ...resource }: Fields): boolean {
  if (resource.provider_owned === true) return true;
  if (type === 'security_group') return resource.default === true;
  return type === 'iam_role' && (resource.service_linked === true || id.includes(':role/aws-reserved/'));
}

/** A backup plan removes its own. */
function isKept({ tags }: Fields): boolean {
  return Object.keys(tags).some((tag) => /^aws:(backup|dlm)/.test(tag));
}

/** Every kind of waste that a resource is; the surest first. */
export function wasteOf(resource: StoredResource, settings: WasteSettings): WasteFinding[] {
  const fields = resource as Fields;
  if (isAwsOwn(fields)) return [];
  const { id, account, region, type, name, status, tags } = resource;
  return (Object.entries(rules) as [Kind, Rule][])
    .flatMap(([kind, rule]) => {
      const found = rule(fields, settings);
      return found ? [{ kind, id, account, region, type, name, status, tags, ...found, facts: factsOf(fields) }] : [];
    })
    .sort((a, b) => b.confidence - a.confidence);
}

/** What a tool that knows prices needs to price it. */
const priced = [
  'instance_type',
  'instance_class',
  'engine',
  'multi_az',
  'size_gib',
  'volume_type',
  'iops',
  'throughput',
  'allocated_storage_gib',
  'storage_type',
  'storage_tier',
  'billing_mode',
  'read_capacity',
  'write_capacity',
  'memory_mb',
  'platform',
];

function factsOf(resource: Fields): Record<string, unknown> {
  return Object.fromEntries(priced.flatMap((name) => (resource[name] === undefined ? [] : [[name, resource[name]]])));
}
