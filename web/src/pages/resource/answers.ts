/** What the page's parts get from the gateway. */
import type { HistoryAnswer } from '../../base/api.ts';

export type Timeline = HistoryAnswer<'timeline'>;
export type Relations = HistoryAnswer<'relations'>;
export type Related = Relations['relations'][number];
