/** Random calls of any operation, for the round trips through clients. */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Dice } from '../world/random.ts';
import { randomValue } from './random-shape.ts';
import type { Operation, Service } from './service.ts';

/** Whether a body of any length travels: such calls are not sent here. */
export function streams(schema: NormalizedSchema): boolean {
  return !schema.isUnitSchema() && [...schema.structIterator()].some(([, member]) => member.isStreaming());
}

/** S3's client checks and rewrites some inputs before it sends them; these are left out or given a value that it accepts. */
function acceptable(operation: Operation, input: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(input).filter(([name]) => !name.includes('SSECustomerKey'));
  const names = operation.input.isUnitSchema() ? [] : [...operation.input.structIterator()].map(([name]) => name);
  return {
    ...Object.fromEntries(kept),
    ...(names.includes('Bucket') ? { Bucket: 'bucket-name' } : {}),
    ...(names.includes('ChecksumAlgorithm') ? { ChecksumAlgorithm: 'CRC32' } : {}),
  };
}

/** A seeded input that every client accepts. */
export function randomInput(service: Service, operation: Operation, dice: Dice): Record<string, unknown> {
  const input = operation.input.isUnitSchema() ? {} : (randomValue(operation.input, dice) as Record<string, unknown>);
  return service.id === 'S3' ? acceptable(operation, input) : input;
}
