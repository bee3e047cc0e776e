/** Repositories of container images. */
import Type from 'typebox';
import { type Answer, awsType, isGone, listed, readDetail } from '../context.ts';
import { metadataOf, present, refList, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'ecr', 'DescribeRepositories'>['repositories']>[number];
interface Repository extends Listed {
  readonly tags: Readonly<Record<string, string>>;
}

export const ecr = awsType<Repository>({
  type: 'ecr',
  title: 'ECR repository',
  arns: 'ecr:repository',
  service: 'ecr',
  global: false,
  actions: ['ecr:DescribeRepositories', 'ecr:ListTagsForResource'],
  fields: Type.Object({
    uri: Type.Optional(Type.String({ description: 'What images are pulled from.' })),
    scan_on_push: Type.Boolean({ description: 'Set on the repository; the registry may scan all of them besides.' }),
    tag_mutability: Type.Optional(Type.String()),
    immutable_tags: Type.Boolean({ description: 'A tag that was pushed stays what it is.' }),
    encrypted: Type.Boolean({ description: 'ECR encrypts every repository.' }),
    encryption: Type.Optional(Type.String({ description: 'AES256, KMS or KMS_DSSE.' })),
    kms_key_id: Type.Optional(Type.String()),
  }),

  async list(aws, token) {
    const page = await aws.call('ecr', 'DescribeRepositories', {
      maxResults: 1000,
      ...(token ? { nextToken: token } : {}),
    });
    const repositories = listed(page.repositories, 'ecr:DescribeRepositories');
    return { items: repositories.map((repository) => ({ ...repository, tags: {} })), next: page.nextToken };
  },

  async detail(aws, repository) {
    const resourceArn = repository.repositoryArn ?? '';
    const { value, gaps } = await readDetail({
      fields: ['tags'],
      call: () => aws.call('ecr', 'ListTagsForResource', { resourceArn }),
    });
    if (isGone(gaps, 'RepositoryNotFoundException')) return undefined;
    return { item: { ...repository, tags: tagMap(value?.tags) }, gaps };
  },

  map(repository, aws) {
    const name = repository.repositoryName ?? '';
    const { kmsKey, encryptionType } = repository.encryptionConfiguration ?? {};
    const mutability = repository.imageTagMutability;
    return {
      id: repository.repositoryArn ?? aws.arn('ecr', `repository/${name}`),
      name,
      status: '',
      tags: repository.tags,
      created_at: repository.createdAt ?? '',
      refs: refList(kmsKey),
      fields: present({
        uri: repository.repositoryUri,
        scan_on_push: repository.imageScanningConfiguration?.scanOnPush ?? false,
        tag_mutability: mutability,
        immutable_tags: mutability?.startsWith('IMMUTABLE') ?? false,
        encrypted: true,
        encryption: encryptionType,
        kms_key_id: kmsKey,
      }),
      metadata: metadataOf(repository, ['tags'], {}),
    };
  },
});
