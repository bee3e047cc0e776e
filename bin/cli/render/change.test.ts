import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../lib/resource.ts';
import { callText, fieldsText } from './change.ts';

const change = (fields: Change['fields'], kind: Change['kind'] = 'modified') => ({ kind, fields }) as Change;

describe('a change in one line', () => {
  test('says the path with its old and its new value', () => {
    expect(fieldsText(change([{ path: 'status', old: 'running', new: 'stopped' }]))).toBe('status: running → stopped');
  });

  test('leaves out the echo of the flat fields in metadata, but not a change that is only there', () => {
    const flat = { path: 'encrypted', old: true, new: false };
    const echo = { path: 'metadata.encrypted', old: true, new: false };
    expect(fieldsText(change([flat, echo]))).toBe('encrypted: true → false');
    expect(fieldsText(change([echo]))).toBe('metadata.encrypted: true → false');
  });

  test('writes an object as its fields and cuts what is long', () => {
    const rule = { direction: 'ingress', from_port: 22, source: '0.0.0.0/0' };
    expect(fieldsText(change([{ path: 'rules.0', old: null, new: rule }]))).toBe(
      'rules.0: (none) → direction=ingress from_port=22 source=0.0.0.0/0',
    );
    expect(fieldsText(change([{ path: 'p', old: '', new: 'x'.repeat(500) }]))).toMatch(/^p: "" → x+…$/);
  });

  test('needs no fields for what came or went', () => {
    expect([fieldsText(change([], 'appeared')), fieldsText(change([], 'disappeared'))]).toEqual([
      'new',
      'no longer there',
    ]);
  });
});

test.each([
  [{ event: 'AuthorizeSecurityGroupIngress', confidence: 0.966 }, 'AuthorizeSecurityGroupIngress (97 %)'],
  [{ event: '', confidence: 0.3 }, ''],
  [undefined, ''],
])('the call behind a change is told with how sure it is', (attribution, text) => {
  expect(callText({ attribution } as Parameters<typeof callText>[0])).toBe(text);
});
