/** WasteAnalyzer: what nobody seems to need, with the evidence, since when, and how sure. No cost is guessed. Pure. */
import type { StoredResource } from '../history/history.contract.ts';
import type { WasteFinding } from './analyzer.contract.ts';

export interface WasteSettings {
  /** Milliseconds. */
  readonly now: number;
  readonly idleMs: number;
  readonly ownerTags: readonly string[];
  /** Ids that some live resource refers to. */
  readonly referred: ReadonlySet<string>;
  /** Ids of live resources of these types, to know what is gone; types that were read completely. */
  readonly live: ReadonlySet<string>;
  readonly complete: ReadonlySet<string>;
}

type Kind = WasteFinding['kind'];
interface Waste {
  readonly since: string;
  readonly confidence: number;
  readonly evidence: string[];
}
type Rule = (resource: Fields, settings: WasteSettings) => Waste | undefined;
type Fields = StoredResource & Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
/** Whatever is younger may still be on its way to its use. */
const YOUNG_MS = 7 * DAY_MS;
const OLD_SNAPSHOT_MS = 30 * DAY_MS;

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
    if (resource.type !== 'ebs' || resource.status !== 'available') return undefined;
    const since = later(resource.state_since, resource.created_at);
    if (settings.now - Date.parse(since) < settings.idleMs && !isOld(resource, settings)) return undefined;
    return {
      since,
      confidence: 0.9,
      evidence: ['attached to no instance', `status available since ${since} at the latest`],
    };
  },
  obsolete: (resource, { live, complete, now }) => {
    if (resource.type !== 'snapshot' || now - Date.parse(resource.created_at) < OLD_SNAPSHOT_MS || isKept(resource))
      return undefined;
    const volume = text(resource.volume_id);
    const id = `arn:aws:ec2:${resource.region}:${resource.account}:volume/${volume}`;
    if (volume === '' || !complete.has(`${resource.account}/${resource.region}/ebs`) || live.has(id)) return undefined;
    return {
      since: resource.created_at,
      confidence: 0.8,
      evidence: [`its disk ${volume} is gone`, `made ${resource.created_at}`],
    };
  },
  idle: (resource, { now, idleMs }) => {
    const used = text(resource.last_used_at);
    if (used === '' || now - Date.parse(used) < idleMs) return undefined;
    return { since: used, confidence: 0.8, evidence: [`last used ${used}, as AWS tells`] };
  },
  orphaned: (resource, settings) => {
    if (settings.ownerTags.some((tag) => resource.tags[tag]) || !isOld(resource, settings)) return undefined;
    if (settings.referred.has(resource.id) || isManaged(resource)) return undefined;
    const made = resource.created_at || resource.first_seen;
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

function isOld({ created_at, first_seen }: Fields, { now }: WasteSettings): boolean {
  return now - Date.parse(created_at || first_seen) >= YOUNG_MS;
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
