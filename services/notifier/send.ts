/** Lives in lib: webhooks of events are sent by it too. */
export { type SendOptions, send } from '../../lib/outbound/post.ts';
