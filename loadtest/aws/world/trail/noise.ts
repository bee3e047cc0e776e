/** Events that changed nothing: what attribution must not take for the cause of a change. */
import type { ResourceType } from '../estate.ts';
import type { Dice } from '../random.ts';
import type { NewEvent } from './event.ts';
import { items, type Step, subject } from './step.ts';

/** Calls about a resource that leave it as a scan sees it. */
const traceless: Partial<Record<ResourceType, (id: string) => Pick<NewEvent, 'name' | 'request' | 'response'>>> = {
  ec2: (id) => ({
    name: 'RebootInstances',
    request: { instancesSet: items([{ instanceId: id }]) },
    response: { _return: true },
  }),
  rds: (id) => ({
    name: 'RebootDBInstance',
    request: { dBInstanceIdentifier: id, forceFailover: false },
    response: { dBInstanceIdentifier: id },
  }),
  lambda: (id) => ({
    name: 'AddPermission20150331v2',
    request: { functionName: id, statementId: 'invoke', action: 'lambda:InvokeFunction' },
    response: { statement: '{}' },
  }),
  dynamodb: (id) => ({
    name: 'CreateBackup',
    request: { tableName: id, backupName: `${id}-manual` },
    response: null,
  }),
  ebs: (id) => ({ name: 'CreateSnapshot', request: { volumeId: id }, response: { volumeId: id } }),
};

/** The same call refused, or another one without effect. */
export function decoyOf(event: NewEvent, step: Step, dice: Dice): NewEvent {
  const other = traceless[step.unit.type];
  if (other && dice.chance(0.5)) return { ...event, ...other(subject(step).id) };
  const ec2 = event.source === 'ec2.amazonaws.com';
  const code = ec2 ? 'Client.UnauthorizedOperation' : 'AccessDenied';
  const message = `User: ${String(event.by.identity.arn)} is not authorized to perform: ${event.source.split('.')[0]}:${event.name}`;
  return { ...event, response: null, error: { code, message } };
}
