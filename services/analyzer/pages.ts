/** The live resources of the estate, page by page. */
import type { Client } from '../../lib/contract.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { historyContract, StoredResource } from '../history/history.contract.ts';

/** Memory holds one page, whatever the size of the estate; what is asked of its ids fits a message. */
const PAGE = 2000;

export async function* resourcePages(
  history: Pick<Client<typeof historyContract>, 'resources'>,
  filter: ResourceFilter | undefined,
): AsyncGenerator<StoredResource[]> {
  for (let after: string | undefined; ; ) {
    const question = { limit: PAGE, ...(filter ? { filter } : {}), ...(after === undefined ? {} : { after }) };
    const page = await history.resources(question);
    yield page.resources;
    after = page.next;
    if (after === undefined) return;
  }
}
