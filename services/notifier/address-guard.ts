/** Lives in lib: webhooks of events pass it too. */
export { addressError, isInside, publicLookup } from '../../lib/outbound/address-guard.ts';
