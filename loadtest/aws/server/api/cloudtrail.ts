/** CloudTrail: LookupEvents, as strict as AWS's about its one attribute and its fifty a page. */
import type { Event, LookupAttribute, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { recordOf, type TrailEvent } from '../../world/trail/event.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';

const mostPerPage = 50;

function lookupEvents(call: Call<LookupEventsRequest>): LookupEventsResponse {
  const { from, to, limit } = windowOf(call.input);
  const accept = attributeTest(call.input.LookupAttributes ?? []);
  const after = readToken(call.input.NextToken);
  // Insight events are not modelled, so there are none.
  if (call.input.EventCategory === 'insight' || call.lists === 'nothing') return { Events: [] };
  if (call.lists === 'empty page first' && !after)
    return { Events: [], NextToken: writeToken({ at: to, seq: Number.POSITIVE_INFINITY }) };
  const { world, caller, region } = call;
  const page = world.trail.lookup(caller.account.id, region, { from, to, now: world.now(), accept, limit, after });
  const last = page.events.at(-1);
  return { Events: page.events.map(toldEvent), ...(page.more && last ? { NextToken: writeToken(last) } : {}) };
}

/** Milliseconds, and how many a page. Throws for what cannot be. */
function windowOf({ MaxResults: limit = mostPerPage, StartTime, EndTime }: LookupEventsRequest) {
  if (limit < 1 || limit > mostPerPage) {
    throw new ApiError('InvalidMaxResultsException', `A value of ${limit} is not between 1 and 50.`);
  }
  const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? Number.POSITIVE_INFINITY];
  if (from > to) throw new ApiError('InvalidTimeRangeException', 'The start time must be before the end time.');
  return { from, to, limit };
}

function toldEvent(event: TrailEvent): Event {
  const { accessKeyId, username } = event.by;
  return {
    EventId: event.id,
    EventName: event.name,
    ReadOnly: String(event.readOnly),
    ...(accessKeyId === '' ? {} : { AccessKeyId: accessKeyId }),
    EventTime: new Date(Math.floor(event.at / 1000) * 1000),
    EventSource: event.source,
    ...(username === '' ? {} : { Username: username }),
    Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(recordOf(event)),
  };
}

const readers: Readonly<Record<string, (event: TrailEvent) => readonly string[]>> = {
  EventId: ({ id }) => [id],
  EventName: ({ name }) => [name],
  ReadOnly: ({ readOnly }) => [String(readOnly)],
  Username: ({ by }) => [by.username],
  ResourceType: ({ resources }) => resources.map(({ type }) => type),
  ResourceName: ({ resources }) => resources.map(({ name }) => name),
  EventSource: ({ source }) => [source],
  AccessKeyId: ({ by }) => [by.accessKeyId],
};

/** "Currently the list can contain only one item" (API reference, LookupEvents). */
function attributeTest(attributes: readonly LookupAttribute[]): (event: TrailEvent) => boolean {
  if (attributes.length > 1) {
    throw new ApiError('InvalidLookupAttributesException', 'Currently the list can contain only one item.');
  }
  const [attribute] = attributes;
  if (!attribute) return () => true;
  const read = readers[attribute.AttributeKey ?? ''];
  if (!read) throw new ApiError('InvalidLookupAttributesException', `${attribute.AttributeKey} is not an attribute.`);
  return (event) => read(event).includes(attribute.AttributeValue ?? '');
}

function writeToken({ at, seq }: { readonly at: number; readonly seq: number }): string {
  return Buffer.from(`elava-trail/${at}/${seq}`).toString('base64url');
}

function readToken(token: string | undefined): { at: number; seq: number } | undefined {
  if (token === undefined) return undefined;
  const found = /^elava-trail\/(\d+|Infinity)\/(\d+|Infinity)$/.exec(Buffer.from(token, 'base64url').toString());
  if (!found) throw new ApiError('InvalidNextTokenException', 'The token is not valid.');
  return { at: Number(found[1]), seq: Number(found[2]) };
}

export const cloudtrail: Handlers = { LookupEvents: lookupEvents };
