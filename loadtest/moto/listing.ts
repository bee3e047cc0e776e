/** The words of the independent listers: tags by ARN. */
import type { Clients } from './clients.ts';

export type Tags = Readonly<Record<string, string>>;
/** Tags by ARN. */
export type Listed = ReadonlyMap<string, Tags>;
export type Lister = (clients: Clients) => Promise<Listed>;

export interface UpperTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}
export const tagsOf = (tags: readonly UpperTag[] = []): Tags =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

export const inRegion = ({ account, region }: Clients, kind: string, id = ''): string =>
  `arn:aws:ec2:${region}:${account}:${kind}/${id}`;
