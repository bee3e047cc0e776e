import type { Repository } from '@aws-sdk/client-ecr';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { slotSuffix } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, tagCalls } from '../trail/step.ts';

export interface RepositoryEntity extends Entity {
  readonly scans: boolean;
  readonly immutable: boolean;
}

export const repository: Kind<RepositoryEntity> = {
  type: 'ecr',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const name = `${made.team}/${made.service}-${slotSuffix(unit, slot)}`;
    return { ...entityOf(made, name, name), scans: made.dice.chance(0.6), immutable: made.dice.chance(0.4) };
  },
  arn: (unit, entity) => `arn:aws:ecr:${unit.region}:${unit.account.id}:repository/${entity.id}`,
  api: (_view, unit, entity): Repository => ({
    repositoryArn: repository.arn(unit, entity),
    registryId: unit.account.id,
    repositoryName: entity.id,
    repositoryUri: `${unit.account.id}.dkr.ecr.${unit.region}.amazonaws.com/${entity.id}`,
    createdAt: new Date(entity.createdAt),
    imageTagMutability: entity.immutable ? 'IMMUTABLE' : 'MUTABLE',
    imageScanningConfiguration: { scanOnPush: entity.scans },
    encryptionConfiguration: { encryptionType: 'AES256' },
  }),
  problems: (_view, _unit, { scans }) => (scans ? [] : ['unscanned_repository']),
  trail: {
    source: 'ecr.amazonaws.com',
    type: 'AWS::ECR::Repository',
    arns: true,
    calls: {
      create: each(({ id, scans, tags }, { arn }) => ({
        name: 'CreateRepository',
        request: { repositoryName: id, imageScanningConfiguration: { scanOnPush: scans }, tags: tagList(tags) },
        response: { repository: { repositoryName: id, repositoryArn: arn } },
      })),
      delete: each(({ id }) => ({ name: 'DeleteRepository', request: { repositoryName: id, force: true } })),
      scan: each(({ id, scans }) => ({
        name: 'PutImageScanningConfiguration',
        request: { repositoryName: id, imageScanningConfiguration: { scanOnPush: scans } },
      })),
      freeze: each(({ id, immutable }) => ({
        name: 'PutImageTagMutability',
        request: { repositoryName: id, imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE' },
      })),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: RepositoryEntity, unit) => repository.arn(unit, entity),
      }),
    },
  },
  mutations: {
    scan: ({ scans }) => ({ scans: !scans }),
    freeze: ({ immutable }) => ({ immutable: !immutable }),
  },
};
