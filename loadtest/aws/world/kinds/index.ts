/** The registry of modelled types: one file and one line each. */
import type { Kind } from '../entity.ts';
import type { ResourceType } from '../estate.ts';
import { auroraCluster } from './aurora-cluster.ts';
import { autoScalingGroup } from './auto-scaling-group.ts';
import { bucket } from './bucket.ts';
import { cache } from './cache.ts';
import { classicLoadBalancer } from './classic-load-balancer.ts';
import { database } from './database.ts';
import { ecsCluster } from './ecs-cluster.ts';
import { ecsService } from './ecs-service.ts';
import { eksCluster } from './eks-cluster.ts';
import { elasticIp } from './elastic-ip.ts';
import { lambdaFunction } from './function.ts';
import { hostedZone } from './hosted-zone.ts';
import { image } from './image.ts';
import { instance } from './instance.ts';
import { key } from './key.ts';
import { loadBalancer } from './load-balancer.ts';
import { logGroup } from './log-group.ts';
import { natGateway } from './nat-gateway.ts';
import { networkInterface } from './network-interface.ts';
import { queue } from './queue.ts';
import { repository } from './repository.ts';
import { role } from './role.ts';
import { securityGroup } from './security-group.ts';
import { snapshot } from './snapshot.ts';
import { subnet } from './subnet.ts';
import { table } from './table.ts';
import { targetGroup } from './target-group.ts';
import { volume } from './volume.ts';
import { vpc } from './vpc.ts';

const all: readonly Kind[] = [
  instance,
  volume,
  snapshot,
  securityGroup,
  database,
  bucket,
  lambdaFunction,
  role,
  table,
  vpc,
  subnet,
  natGateway,
  elasticIp,
  networkInterface,
  image,
  autoScalingGroup,
  eksCluster,
  ecsCluster,
  ecsService,
  auroraCluster,
  cache,
  key,
  repository,
  hostedZone,
  loadBalancer,
  classicLoadBalancer,
  targetGroup,
  logGroup,
  queue,
];

export const kinds = Object.fromEntries(all.map((kind) => [kind.type, kind])) as Record<ResourceType, Kind>;
