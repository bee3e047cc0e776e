/**
 * The shape of a policy's input as JSON Schema. It is a promise to those who write policies: a path may be added, none
 * may go or change its type (input-schema.test.ts holds it to fixtures/input-paths.json).
 */
import type { Schema } from './json-schema.ts';
import { resourceFields } from './resource-fields.generated.ts';

const text = (description: string): Schema => ({ type: 'string', description });
const number = (description: string): Schema => ({ type: 'number', description });
const texts = (description: string): Schema => ({ type: 'array', items: { type: 'string' }, description });
const anything: Schema = {};

/** An object of these properties and no others; all of them there unless named as optional. */
function record(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const tags: Schema = {
  type: 'object',
  description: 'All tags. owner and elava_owner are "" when the resource does not have them.',
  additionalProperties: { type: 'string' },
};

/** What every resource has. */
const common: Readonly<Record<string, Schema>> = {
  id: text('The ARN.'),
  provider: text('aws'),
  account: text('Account id.'),
  region: text('Region, "global" for types that have none.'),
  type: text('Short name: ec2, s3, rds…'),
  name: text('Its name, or the last part of its id.'),
  status: text('The state in the API\'s own word, "" where it has none.'),
  tags,
  created_at: text('ISO 8601, "" when the API does not tell.'),
  refs: texts('Ids of resources that it refers to.'),
  metadata: { type: 'object', description: "The rest of the API's answer.", additionalProperties: anything },
};

const sinceDays = 'Days, with a fraction; absent when it is not known';
const context = record(
  {
    account: text('Account id.'),
    region: text('Region.'),
    environment: text('The same as input.environment.'),
    team_policies: texts('What the team agreed on.'),
    cost_budget: {
      type: 'object',
      description: 'Of the team, absent when it has none.',
      additionalProperties: anything,
    },
    compliance_rules: { type: 'array', items: anything, description: 'Rules given as data.' },
    owner: text('Value of the first tag of tags.owner that has one, "" when none has.'),
    gone_refs: texts('Ids that it refers to and that a complete scan since it was made does not know.'),
    now: text('The instant as of which is judged, ISO 8601.'),
    last_seen_days: number(`${sinceDays}: since a complete scan saw it. A live resource was just seen.`),
    resource_age_days: number(`${sinceDays}: since it was created, or first seen.`),
    state_since_days: number(`${sinceDays}: since its status is what it is.`),
    last_used_days: number(`${sinceDays}: since its last use.`),
    change_frequency: number('Changes a day, over the time that it has been watched, 30 days at most.'),
    last_actor: text('Who changed it last, "" when that is not known.'),
    coverage: text('State of the last observation of its unit: complete, partial, failed or skipped.'),
  },
  ['cost_budget', 'last_seen_days', 'resource_age_days', 'state_since_days', 'last_used_days'],
);

const attribution = record({
  actor: text('Who made the last change, "" when that is not known.'),
  actor_kind: text('human, service or automation; "" when that is not known.'),
  actor_chain: texts('Through whom: roles that were assumed, services that acted for others.'),
  event: text('The API call.'),
  event_id: text('Its id in the trail.'),
  event_at: text('When it was made, ISO 8601.'),
  method: text('How it was found out.'),
  tool: text('With what, such as terraform; "" when that is not known.'),
  confidence: number('From 0 to 1.'),
  explanation: text('In words.'),
  state: text('Whether anybody has looked yet.'),
});

/** With the flat fields of the given types, each of which a resource may or may not have. */
export function inputSchemaOf(fields: Readonly<Record<string, Schema>>): Schema {
  const resource = record({ ...fields, ...common }, Object.keys(fields));
  return {
    ...record({
      resource,
      history: { type: 'array', items: resource, description: 'Earlier versions, newest first, 30 days.' },
      context,
      environment: text('prod, staging, dev, another of the configuration, or default.'),
      attribution,
    }),
    description: 'What a policy sees as `input`.',
  };
}

export const policyInputSchema: Schema = inputSchemaOf(resourceFields);
