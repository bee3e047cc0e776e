/** Names the fields that the operator owns, in every object that it shares with others. */
export const FIELD_MANAGER = 'elava-sovereignty';
/** Parts of a policy's status that other loops write have owners of their own, or one would take the other's away. */
export const SCAN_MANAGER = 'elava-sovereignty-scan';
export const SYNC_MANAGER = 'elava-sovereignty-sync';
