import type { Client } from '../../lib/contract.ts';
import type { historyContract } from '../history/history.contract.ts';

/** What a scan uses of the memory. */
export type Memory = Pick<Client<typeof historyContract>, 'known' | 'ingest' | 'observe' | 'conclude' | 'resources'>;
