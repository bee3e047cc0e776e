/** The registry of modelled types: one file and one line each. */
import type { Kind } from '../entity.ts';
import type { ResourceType } from '../estate.ts';
import { bucket } from './bucket.ts';
import { database } from './database.ts';
import { lambdaFunction } from './function.ts';
import { instance } from './instance.ts';
import { role } from './role.ts';
import { securityGroup } from './security-group.ts';
import { snapshot } from './snapshot.ts';
import { table } from './table.ts';
import { volume } from './volume.ts';

const all: readonly Kind[] = [instance, volume, snapshot, securityGroup, database, bucket, lambdaFunction, role, table];

export const kinds = Object.fromEntries(all.map((kind) => [kind.type, kind])) as Record<ResourceType, Kind>;
