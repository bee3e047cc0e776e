/** Calls that several actions make. */
import type { Resource } from '../../../lib/resource.ts';
import { type Step, type StepContext, shortId } from '../action.ts';
import { isMissing, refusal } from '../aws/errors.ts';
import { markTags } from '../fingerprint.ts';

/** Types whose tags are EC2's. */
const ec2Family: ReadonlySet<string> = new Set([
  'ec2',
  'ebs',
  'snapshot',
  'security_group',
  'ami',
  'eip',
  'vpc',
  'subnet',
  'nat_gateway',
  'eni',
]);

/** Sets tags with the call of the resource's service. Rejects when any of them was not set. */
export async function setTags({ resource, aws }: StepContext, tags: Readonly<Record<string, string>>): Promise<void> {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (ec2Family.has(resource.type)) {
    await aws.change(['ec2', 'CreateTags'], { Resources: [shortId(resource)], Tags: list });
  } else if (resource.type === 'iam_role') {
    await aws.change(['iam', 'TagRole'], { RoleName: shortId(resource), Tags: list });
  } else {
    const answer = await aws.change(['tagging', 'TagResources'], { ResourceARNList: [resource.id], Tags: { ...tags } });
    refuseFailed(answer.FailedResourcesMap);
  }
}

export async function removeTags({ resource, aws }: StepContext, keys: readonly string[]): Promise<void> {
  if (ec2Family.has(resource.type)) {
    await aws.change(['ec2', 'DeleteTags'], { Resources: [shortId(resource)], Tags: keys.map((Key) => ({ Key })) });
  } else if (resource.type === 'iam_role') {
    await aws.change(['iam', 'UntagRole'], { RoleName: shortId(resource), TagKeys: [...keys] });
  } else {
    const input = { ResourceARNList: [resource.id], TagKeys: [...keys] };
    refuseFailed((await aws.change(['tagging', 'UntagResources'], input)).FailedResourcesMap);
  }
}

/** The tagging API answers 200 also for what it did not do. */
function refuseFailed(
  failed: Readonly<Record<string, { readonly ErrorMessage?: string | undefined }>> | undefined,
): void {
  const [first] = Object.values(failed ?? {});
  if (first) throw refusal(`tagging: ${first.ErrorMessage ?? 'no reason given'}`);
}

/** IAM actions that setting and removing tags needs. */
export const tagRights = [
  'ec2:CreateTags',
  'iam:TagRole',
  'tag:TagResources',
  's3:PutBucketTagging',
  's3:GetBucketTagging',
];
export const untagRights = [
  'ec2:DeleteTags',
  'iam:UntagRole',
  'tag:UntagResources',
  's3:PutBucketTagging',
  's3:GetBucketTagging',
];

export const hasTags = (resource: Resource | undefined, tags: Readonly<Record<string, string>>): boolean =>
  resource !== undefined && Object.entries(tags).every(([key, value]) => resource.tags[key] === value);

/** The first step of whatever waits: a tag with the deadline, for whoever looks at the resource and not at Elava. */
export const mark: Step = {
  name: 'mark',
  role: 'tag',
  iam: tagRights,
  call: (context) =>
    setTags(context, { [markTags.due]: context.due, [markTags.item]: context.id.replace(/\.\d+$/, '') }),
  async happened(context) {
    const now = await context.read();
    return now?.tags[markTags.item] === context.id.replace(/\.\d+$/, '');
  },
};

/** Whether the resource is not there any more: what deletes is verified by it. */
export async function isGone({ read }: StepContext): Promise<boolean> {
  return (await read()) === undefined;
}

/** The answer, or undefined where AWS says that there is no such thing. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A flat field of its type. */
export function flat<T>(resource: Resource, field: string): T | undefined {
  return (resource as Readonly<Record<string, unknown>>)[field] as T | undefined;
}

/** A field of the API's own answer. */
export function meta<T>(resource: Resource, field: string): T | undefined {
  return resource.metadata[field] as T | undefined;
}
