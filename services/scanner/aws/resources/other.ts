/**
 * The long tail: what Cloud Control lists of the types in long-tail.ts, and whatever else has tags, as the Tagging API tells
 * it. Shallow: that it is there, its tags, and what the list says of it.
 */
import Type from 'typebox';
import { mask } from '../../../../lib/mask.ts';
import { gapOf } from '../../pages.ts';
import type { Gap, Mapped } from '../../resource-type.ts';
import { type AwsContext, type AwsType, allPages, awsType, kindOf, listed } from '../context.ts';
import { awsNameOf } from '../errors.ts';
import { type LongTailType, longTail } from '../long-tail.ts';
import { pageSize, present, tagMap } from './common.ts';

type Tags = Readonly<Record<string, string>>;
interface Found {
  readonly arn: string;
  readonly tags: Tags;
  readonly of?: LongTailType | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly gaps: readonly Gap[];
}

/** What the pages of one unit share: what has tags and was not listed yet, and the lists that failed, by kind. */
interface Shared {
  readonly tagged: Map<string, Tags>;
  readonly failed: Map<string, unknown>;
}

const fields = Type.Object({
  service: Type.String({ description: "The ARN's: sns, kinesis." }),
  kind: Type.String({ description: 'sns, kinesis:stream: what the ARN is of.' }),
  cloudformation_type: Type.Optional(Type.String({ description: 'Such as AWS::SNS::Topic.' })),
  shallow: Type.Boolean({ description: 'Always true: little is known of it.' }),
  properties: Type.Optional(Type.Unknown({ description: "What Cloud Control's list says of it." })),
});

/** `modelled`: kinds of ARNs that have a type of their own. */
export function otherType(modelled: ReadonlySet<string>): AwsType {
  return awsType<Found>({
    type: 'other',
    title: 'Anything else that has tags or that Cloud Control lists',
    arns: '',
    service: 'cloudcontrol',
    global: false,
    shallow: true,
    actions: ['tag:GetResources', 'cloudformation:ListResources', ...longTail.map(({ action }) => action)],
    fields,

    async list(aws, token) {
      const shared = await aws.once('shared', () => shareOf(aws, modelled));
      const { at, next } = placeOf(token);
      const type = longTail[at];
      if (!type) return taggedPage(shared);
      const page = await typePage(aws, shared, { type, token: next });
      return { items: page.items, next: page.next ? `${at} ${page.next}` : `${at + 1} ` };
    },

    detail: async (_aws, found) => ({ item: found, gaps: found.gaps }),

    map: mapped,
  });
}

function mapped({ arn, tags, of, properties }: Found): Mapped {
  const kind = kindOf(arn);
  return {
    id: arn,
    name: tags.Name ?? arn.split(/[:/]/).pop() ?? arn,
    status: '',
    tags,
    created_at: '',
    refs: [],
    fields: present({
      service: arn.split(':')[2] ?? '',
      kind,
      cloudformation_type: (of ?? longTail.find((type) => type.kind === kind))?.name,
      shallow: true,
      properties,
    }),
    metadata: {},
  };
}

async function shareOf(aws: AwsContext, modelled: ReadonlySet<string>): Promise<Shared> {
  const tagged = new Map<string, Tags>();
  await allPages(async (token) => {
    const page = await aws.call('tagging', 'GetResources', {
      ResourcesPerPage: 100,
      ...(token ? { PaginationToken: token } : {}),
    });
    for (const { ResourceARN: arn, Tags } of listed(page.ResourceTagMappingList, 'tag:GetResources')) {
      if (arn && !modelled.has(kindOf(arn))) tagged.set(arn, tagMap(Tags));
    }
    return [[], page.PaginationToken];
  });
  return { tagged, failed: new Map() };
}

/** Where Cloud Control does not know a type, or cannot list it, there is nothing of it to see. */
const unknown = ['TypeNotFoundException', 'UnsupportedActionException'];

/** A type that may not be listed must not hide the others: it fails the unit at its end. */
async function typePage(
  aws: AwsContext,
  { tagged, failed }: Shared,
  { type, token }: { type: LongTailType; token: string | undefined },
): Promise<{ items: Found[]; next?: string | undefined }> {
  try {
    const page = await aws.call('cloudcontrol', 'ListResources', {
      TypeName: type.name,
      MaxResults: 100,
      ...(token ? { NextToken: token } : {}),
    });
    const items = listed(page.ResourceDescriptions, 'cloudcontrol:ListResources').map(
      ({ Identifier = '', Properties }) => foundOf(aws, { type, id: Identifier, properties: Properties, tagged }),
    );
    for (const { arn } of items) tagged.delete(arn);
    return { items, next: page.NextToken };
  } catch (error) {
    if (unknown.includes(awsNameOf(error))) return { items: [] };
    gapOf([], error);
    failed.set(type.kind, error);
    return { items: [] };
  }
}

interface Described {
  readonly type: LongTailType;
  readonly id: string;
  readonly properties: string | undefined;
  readonly tagged: ReadonlyMap<string, Tags>;
}

/** The tags are those of the Tagging API, which has them for every type; a list tells them for some. */
function foundOf(aws: AwsContext, { type, id, properties, tagged }: Described): Found {
  const { Tags, ...rest } = parsed(properties);
  const arn = arnOf(aws, type, id, rest);
  return { arn, of: type, gaps: [], tags: tagged.get(arn) ?? tagsOf(Tags), properties: mask(rest) };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}

function arnOf(aws: AwsContext, { kind, before }: LongTailType, id: string, properties: object): string {
  if (id.startsWith('arn:')) return id;
  const told = Object.values(properties).find((value) => typeof value === 'string' && kindOf(value) === kind);
  if (typeof told === 'string') return told;
  return aws.arn(kind.split(':')[0] ?? '', `${before ?? ''}${id}`);
}

function tagsOf(tags: unknown): Tags {
  if (Array.isArray(tags)) return tagMap(tags as { Key?: string; Value?: string }[]);
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));
}

/** What has tags and was not listed. After the last of them the lists that failed are told. */
function taggedPage({ tagged, failed }: Shared) {
  const items: Found[] = [];
  for (const [arn, tags] of tagged) {
    if (items.length === pageSize.small) return { items, next: `${longTail.length} ${arn}` };
    const error = failed.get(kindOf(arn));
    items.push({ arn, tags, gaps: error === undefined ? [] : [{ fields: ['properties'], error }] });
    tagged.delete(arn);
  }
  if (items.length > 0 && failed.size > 0) return { items, next: `${longTail.length} end` };
  for (const error of failed.values()) throw error;
  return { items };
}

/** Our token: which type, and Cloud Control's own token within it. */
function placeOf(token: string | undefined): { at: number; next: string | undefined } {
  if (token === undefined) return { at: 0, next: undefined };
  const space = token.indexOf(' ');
  return { at: Number(token.slice(0, space)), next: token.slice(space + 1) || undefined };
}
