/** deploy/iam/actions: what each class of action may do, derived from the registry; and docs/actions.md. */
import { type Action, type RoleClass, roleClasses } from '../../services/reconciler/action.ts';
import { actions } from '../../services/reconciler/actions/index.ts';
import { markTags } from '../../services/reconciler/fingerprint.ts';
import { code, markdownHead, type Output, table } from './output.ts';

const SOURCE = 'services/reconciler/actions';
const reads = /:(Describe|Get|List)/;
/** Destroys what it is called for; only what carries the deadline that Elava set may be. */
const destroys = /^ec2:(DeleteVolume|DeleteSnapshot|DeregisterImage|ReleaseAddress)$/;
/** Services whose authorisation looks at a resource's tags (Service Authorization Reference). */
const seesTags = /^(ec2|rds|iam|ecs|autoscaling):/;

export function actionRoles(): Output[] {
  return [...roleClasses.map(policyOf), { path: 'docs/actions.md', text: docs() }];
}

function rightsOf(role: RoleClass): string[] {
  const steps = [...actions.values()].flatMap((action) => action.steps).filter((step) => step.role === role);
  return [...new Set(steps.flatMap(({ iam }) => iam))].sort();
}

/** A policy as IAM takes it, which allows no comment. */
function policyOf(role: RoleClass): Output {
  const rights = rightsOf(role);
  const looks = rights.filter((right) => reads.test(right));
  const changes = rights.filter((right) => !reads.test(right));
  const marks: string[] = role === 'delete' ? changes.filter((right) => right === 'ec2:CreateTags') : [];
  const plain = changes.filter((right) => !destroys.test(right) && !marks.includes(right));
  const blessed = changes.filter((right) => seesTags.test(right));
  const statements = [
    allow('Look', looks),
    allow('Change', plain),
    // Who deletes must not be able to mark for itself.
    { ...allow('TagWhatIsMade', marks), Condition: { StringEquals: { 'ec2:CreateAction': 'CreateSnapshot' } } },
    { ...allow('DestroyWhatIsMarked', changes.filter(isDestroying)), Condition: hasTag(markTags.due) },
    { ...allow('NeverWhatIsBlessed', blessed), Effect: 'Deny', Condition: isBlessed },
  ].filter(({ Action: list }) => list.length > 0);
  const text = `${JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2)}\n`;
  return { path: `deploy/iam/actions/${role}.json`, text };
}

const isDestroying = (right: string): boolean => destroys.test(right);
const hasTag = (tag: string) => ({ Null: { [`aws:ResourceTag/${tag}`]: 'false' } });
const isBlessed = { StringEqualsIgnoreCase: { 'aws:ResourceTag/elava_blessed': ['true', 'yes', '1'] } };

function allow(Sid: string, list: readonly string[]) {
  return { Sid, Effect: 'Allow', Action: list, Resource: '*' };
}

function docs(): string {
  const rows = [...actions.values()].map((action) => [
    code(action.type),
    action.title,
    action.cost,
    action.resources.map(code).join(' ') || 'any',
    action.steps.map(({ name }) => name).join(', '),
    undoOf(action),
    [...new Set(action.steps.map(({ role }) => role))].map(code).join(' '),
  ]);
  return `${markdownHead(SOURCE)}
# Actions

Everything that Elava can do to an estate. A policy asks for one by yielding an object such as
\`{"type": "stop", "reason": "unused for a month"}\`; what is not in this table, or stands here as "undo alone", it cannot
ask for. How an action comes to be done, and what keeps it from being done: [safety.md](safety.md).

${table(['action', 'what', 'being wrong is', 'for', 'steps, one call each', 'put back by', 'role'], rows)}
A step is one changing call. Its intent is stored before it, its outcome after, and it is never tried again. What is
destructive is marked first with the tags \`${markTags.due}\` and \`${markTags.item}\`, and done after its grace time.

Each role class has a policy of its own in \`deploy/iam/actions/\`, generated from the registry: a blessed resource is denied
by the policy itself, and what destroys is allowed only for what carries the deadline tag. \`reconciler.role\` names the
roles: \`arn:aws:iam::{account}:role/elava-act-{class}\`. S3 and the tagging API do not look at a resource's tags, so that
for these the blessing is kept by Elava alone.
`;
}

function undoOf({ cost, proposable, inverse }: Action): string {
  if (cost === 'destructive') return 'nothing';
  const words = inverse ? '`elava undo`' : 'nothing to put back';
  return proposable ? words : `${words}; undo alone may ask for it`;
}
