/** What a type's file is given to make its calls: one unit of one account. */
import { elavaError } from '../../../lib/errors.ts';
import { gapOf } from '../pages.ts';
import { defineType, type Gap, type ResourceType } from '../resource-type.ts';
import type { Api, Place } from './api.ts';
import { awsNameOf } from './errors.ts';
import type { Json } from './json.ts';
import type { InputOf, OperationName, OutputOf, ServiceName } from './services.ts';

/** An answer of the API, fit for JSON. */
export type Answer<S extends ServiceName, N extends OperationName<S>> = Json<OutputOf<S, N>>;

export class AwsContext {
  readonly account: string;
  /** Of the unit: "global" for types without one. */
  readonly region: string;
  readonly partition: string;
  /** Called at every answer. */
  heard: (() => void) | undefined;
  readonly #api: Api;
  readonly #place: Place;
  readonly #signal: AbortSignal;
  readonly #once = new Map<string, Promise<unknown>>();

  constructor(
    api: Api,
    place: Place,
    unit: { account: string; region: string; partition: string; signal: AbortSignal },
  ) {
    this.#api = api;
    this.#place = place;
    this.account = unit.account;
    this.region = unit.region;
    this.partition = unit.partition;
    this.#signal = unit.signal;
  }

  /** `call('ec2', 'DescribeVolumes', { MaxResults: 500 })`. Rejects with an AWS_ code. */
  async call<S extends ServiceName, N extends OperationName<S>>(
    service: S,
    operation: N,
    input: InputOf<S, N>,
  ): Promise<Answer<S, N>> {
    const answer = await this.#api.call(this.#place, [service, operation], input, this.#signal);
    this.heard?.();
    return answer;
  }

  /** What is fetched once for all resources of the unit: whoever asks first makes it, the others wait for it. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#once.get(key) as Promise<T> | undefined;
    if (known) return known;
    const made = make();
    this.#once.set(key, made);
    return made;
  }

  /** The documented form: `arn:aws:ec2:eu-west-1:111122223333:volume/vol-1`. */
  arn(service: string, resource: string, place: { region?: string; account?: string } = {}): string {
    const { region = this.region, account = this.account } = place;
    return `arn:${this.partition}:${service}:${region}:${account}:${resource}`;
  }
}

/** A type of AWS. */
export interface AwsType<Item = unknown> extends ResourceType<AwsContext, Item> {
  /** What its ARNs are of, as `kindOf` tells it: the generic lister leaves those to this type. */
  readonly arns: string;
}

/** Declares a type of AWS. */
export function awsType<Item>(type: AwsType<Item>): AwsType {
  return { ...defineType(type), arns: type.arns };
}

/** What an ARN is of: `ec2:instance` of `arn:aws:ec2:R:A:instance/i-1`, `sns` where the name stands alone. */
export function kindOf(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [kind = '', ...names] = rest.join(':').split(/[:/]/);
  return names.length > 0 ? `${service}:${kind}` : service;
}

/**
 * The list that every answer of the call has, empty or not. An answer without it is no answer: some other server said
 * something that happens to parse, and must not be taken for an empty estate.
 */
export function listed<T>(items: readonly T[] | undefined, api: string): readonly T[] {
  if (!items) throw elavaError('AWS_RESPONSE_INVALID', `${api}: the answer has no list in it`);
  return items;
}

export interface DetailCall<T> {
  /** Fields of the resource that are unknown when the call fails. */
  readonly fields: readonly string[];
  /** AWS's errors that mean "not configured". */
  readonly absent?: readonly string[];
  readonly call: () => Promise<T>;
}

/** The outcome of one detail: its answer, undefined when nothing is configured, and the gap where it failed. */
export interface DetailResult<T> {
  readonly value: T | undefined;
  readonly gaps: readonly Gap[];
}

export async function readDetail<T>({ fields, absent = [], call }: DetailCall<T>): Promise<DetailResult<T>> {
  try {
    return { value: await call(), gaps: [] };
  } catch (error) {
    if (absent.includes(awsNameOf(error))) return { value: undefined, gaps: [] };
    return { value: undefined, gaps: [gapOf(fields, error)] };
  }
}

/** Whether one of the details failed because the resource is gone by now. */
export function isGone(gaps: readonly Gap[], ...names: readonly string[]): boolean {
  return gaps.some(({ error }) => names.includes(awsNameOf(error)));
}

/** Pages of a list that is read whole, such as aliases; `page` gives the items and the token of the next one. */
export async function allPages<T>(
  page: (token: string | undefined) => Promise<readonly [items: readonly T[], next: string | undefined]>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const [items, next] = await page(token);
    for (const item of items) all.push(item);
    token = next || undefined;
  } while (token);
  return all;
}
