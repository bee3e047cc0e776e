/**
 * What a file in a provider's `resources/` says of its type. Only this differs between types: paging, detail, hashing,
 * coverage and errors are the same for all and live in pages.ts and scan.ts. `C` is what the provider gives to make calls.
 */
import type { TObject } from 'typebox';
import type { TypeInfo } from './scanner.contract.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Token of the next page; absent or "" on the last. An empty page may have one. */
  readonly next?: string | undefined;
}

/** In a gap's fields: nothing of the resource is known but that it is there. */
export const everything = '*';

/**
 * A detail that could not be read, and the fields that are unknown for it: of the resource or of its metadata. They keep
 * the values that they had, and are absent on a resource that is new.
 */
export interface Gap {
  readonly fields: readonly string[];
  readonly error: unknown;
}

/** A resource as its type maps it; the driver adds provider, account, region and type. */
export interface Mapped {
  readonly id: string;
  readonly name: string;
  /** The API's own word, "" where it has none. */
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601, "" where the API does not tell. */
  readonly created_at: string;
  readonly refs: readonly string[];
  /** Flat on the resource, and again in its metadata. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The rest of the API's answer, fit for JSON. It is taken over: the fields are written into it. */
  readonly metadata: Record<string, unknown>;
}

export interface ResourceType<C, Item> extends Omit<TypeInfo, 'joins' | 'volatile'> {
  readonly joins?: TypeInfo['joins'];
  /** The flat fields: docs and the schema of a policy's input derive from it. */
  readonly fields: TObject;
  /**
   * Fields that move by themselves, with the grain in milliseconds at which they count as a change, Infinity for never.
   * They are stored when something else changes.
   */
  readonly volatile?: Readonly<Record<string, number>>;
  /** A page. Where the type says `alone`: of some resources only, by their short ids; those that are gone are left out. */
  list(context: C, token: string | undefined, only?: readonly string[]): Promise<Page<Item>>;
  /** What the list leaves out, one resource at a time; undefined when the resource is gone by now. */
  detail?(context: C, item: Item): Promise<Detailed<Item> | undefined>;
  map(item: Item, context: C): Mapped;
}

export interface Detailed<Item> {
  readonly item: Item;
  readonly gaps: readonly Gap[];
}

/** Declares a type. What an item is stays between its list, detail and map. */
export function defineType<C, Item>(type: ResourceType<C, Item>): ResourceType<C, unknown> {
  return type;
}

/** The type as other services know it. */
export function infoOf<C>(type: ResourceType<C, unknown>): TypeInfo {
  const { title, service, global, actions, joins = [] } = type;
  const shallow = type.shallow ? { shallow: true } : {};
  const alone = type.alone === undefined ? {} : { alone: type.alone };
  const volatile = Object.keys(type.volatile ?? {});
  return {
    type: type.type,
    title,
    service,
    global,
    actions: [...actions],
    volatile,
    joins: [...joins],
    ...alone,
    ...shallow,
  };
}
