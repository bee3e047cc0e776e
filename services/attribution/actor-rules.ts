/**
 * The rules that say who is behind a call, first match counts. Sources: zoph-io/clickops-sentinel identity.py, turbot
 * tailpipe-mod-aws-cloudtrail-log-detections, rt1011/iamRoles (chains), and CloudTrail's userIdentity reference.
 */
import type { ActorKind } from '../../lib/resource.ts';
import { type AuditRecord, lastPart } from './record.ts';

export interface Actor {
  readonly actor: string;
  readonly kind: Exclude<ActorKind, ''>;
  /** From whoever began it to whoever made the call. */
  readonly chain: readonly string[];
  readonly rule: string;
  /** Why the rule holds, in words. */
  readonly reason: string;
  /** How often such a rule is right, 0 to 1 (docs/attribution.md). */
  readonly certainty: number;
  readonly tool: string;
}

export interface Opened {
  readonly record: AuditRecord;
  readonly actor: Actor;
}
export interface Found {
  readonly actor: string;
  readonly kind: Actor['kind'];
  readonly reason: string;
  readonly certainty?: number;
}
export interface Rule {
  readonly rule: string;
  /** How often it is right, as measured on labelled events (docs/attribution.md). */
  readonly certainty: number;
  readonly judge: (record: AuditRecord, opened: Opened | undefined) => Found | undefined;
}

const email = /^[^@\s/]+@[^@\s/]+\.[^@\s/]+$/;
const pipelines =
  /github|gitlab|jenkins|circleci|buildkite|bitbucket|azure-?devops|codebuild|codepipeline|atlantis|spacelift|terraform|tfc-|argo-?cd|fluxcd|octopus|teamcity|bamboo|harness|drone-ci|(^|[-_/])(ci|cd|cicd|deploy(er|ment)?|pipeline)([-_/]|$)/i;
const infrastructureAsCode = /terraform|opentofu|pulumi|crossplane|aws-cdk|ansible/i;
const workloadAgent = /exec-env\/AWS_(Lambda|ECS)|aws-fargate|exec-env\/(EC2|EKS)/i;
/** What people sit in front of. */
const desk = /os\/(macos|windows)|macos#|windows#|Darwin|Windows/i;

const roleName = ({ caller }: AuditRecord): string =>
  caller.issuer.name || (caller.issuer.arn ? lastPart(caller.issuer.arn) : '');

export const rules: readonly Rule[] = [
  {
    rule: 'aws-service',
    certainty: 0.99,
    judge({ caller, sourceIp }) {
      const linked = /:role\/aws-service-role\/([^/]+)\//.exec(caller.issuer.arn)?.[1];
      if (linked)
        return {
          actor: linked,
          kind: 'service',
          reason: `its service-linked role ${lastPart(caller.issuer.arn)} made the call`,
        };
      if (caller.type !== 'AWSService') return undefined;
      const actor = caller.invokedBy || sourceIp;
      return { actor, kind: 'service', reason: `${actor} acted for itself` };
    },
  },
  {
    rule: 'chain-to-person',
    certainty: 0.99,
    judge(record, opened) {
      if (opened?.actor.kind !== 'human') return undefined;
      const certainty = Math.min(0.99, opened.actor.certainty);
      const reason = `${opened.actor.actor} took the role ${roleName(record) || record.caller.arn} (${opened.record.name})`;
      return { actor: opened.actor.actor, kind: 'human', reason, certainty };
    },
  },
  {
    rule: 'identity-center',
    certainty: 0.995,
    judge({ caller }) {
      if (caller.type === 'IdentityCenterUser')
        return { actor: caller.userName || caller.principal, kind: 'human', reason: 'a user of Identity Center' };
      const set = /AWSReservedSSO_(.+)_[0-9a-f]{16}/.exec(caller.arn + caller.issuer.arn)?.[1];
      return set
        ? { actor: caller.session, kind: 'human', reason: `signed in through Identity Center as ${set}` }
        : undefined;
    },
  },
  {
    rule: 'root',
    certainty: 0.99,
    judge: ({ caller }) =>
      caller.type === 'Root' ? { actor: 'root', kind: 'human', reason: 'the root user' } : undefined,
  },
  {
    rule: 'pipeline-token',
    certainty: 0.99,
    judge(record, opened) {
      const { caller } = record;
      const provider = caller.federation || opened?.record.caller.federation || '';
      const token = caller.type === 'WebIdentityUser' || opened?.record.name === 'AssumeRoleWithWebIdentity';
      if (provider === '' && !token) return undefined;
      const actor = roleName(record) || caller.userName;
      return {
        actor,
        kind: 'automation',
        reason: `a token of ${lastPart(provider) || 'an identity provider'} opened the session`,
      };
    },
  },
  {
    rule: 'session-address',
    certainty: 0.97,
    judge({ caller }) {
      const address = [caller.sourceIdentity, caller.session, caller.userName].find((name) => email.test(name));
      return address
        ? { actor: address, kind: 'human', reason: 'the session is named by an e-mail address' }
        : undefined;
    },
  },
  {
    rule: 'federated-user',
    certainty: 0.97,
    judge({ caller }) {
      if (caller.type === 'FederatedUser')
        return { actor: lastPart(caller.arn), kind: 'human', reason: 'a federated user' };
      if (caller.type === 'SAMLUser' || caller.type === 'Directory')
        return { actor: caller.userName, kind: 'human', reason: `a ${caller.type}` };
      return undefined;
    },
  },
  {
    rule: 'iam-user',
    certainty: 0.98,
    judge({ caller, console: fromConsole, userAgent }) {
      if (caller.type !== 'IAMUser') return undefined;
      const actor = caller.userName || lastPart(caller.arn);
      if (pipelines.test(actor)) return { actor, kind: 'automation', reason: "the user's name is a pipeline's" };
      if (fromConsole) return { actor, kind: 'human', reason: 'an IAM user in the console' };
      if (caller.mfa || desk.test(userAgent)) return { actor, kind: 'human', reason: 'an IAM user at a desk' };
      const certainty = userAgent.startsWith('aws-cli') ? 0.7 : 0.8;
      return {
        actor,
        kind: certainty > 0.7 ? 'automation' : 'human',
        reason: 'an access key of an IAM user',
        certainty,
      };
    },
  },
  {
    rule: 'pipeline-name',
    certainty: 0.97,
    judge(record) {
      const { caller } = record;
      if (!pipelines.test(roleName(record)) && !pipelines.test(caller.session)) return undefined;
      return {
        actor: roleName(record),
        kind: 'automation',
        reason: `the role or its session (${caller.session}) is named as a pipeline's`,
      };
    },
  },
  {
    rule: 'infrastructure-as-code',
    certainty: 0.94,
    judge(record) {
      if (!infrastructureAsCode.test(record.userAgent) || roleName(record) === '') return undefined;
      return { actor: roleName(record), kind: 'automation', reason: 'infrastructure as code made the call' };
    },
  },
  {
    rule: 'workload',
    certainty: 0.97,
    judge(record) {
      const { caller, userAgent } = record;
      const named = /^i-[0-9a-f]{8,17}$/.test(caller.session) || /^[0-9a-f]{32}$/.test(caller.session);
      if (!named && !caller.onInstance && !workloadAgent.test(userAgent)) return undefined;
      return {
        actor: roleName(record),
        kind: 'automation',
        reason: 'an instance, function or task works under this role',
      };
    },
  },
  {
    rule: 'chain-to-role',
    certainty: 0.9,
    judge(record, opened) {
      if (!opened) return undefined;
      return {
        actor: roleName(record),
        kind: opened.actor.kind,
        reason: `${opened.actor.actor} took the role (${opened.record.name})`,
      };
    },
  },
  {
    rule: 'service-on-behalf',
    certainty: 0.7,
    judge({ caller, sourceIp }) {
      const service = caller.invokedBy || (sourceIp.endsWith('.amazonaws.com') ? sourceIp : '');
      if (service === '' || caller.session !== '') return undefined;
      return { actor: service, kind: 'service', reason: 'a service made the call and does not say for whom' };
    },
  },
  {
    rule: 'session-at-a-desk',
    certainty: 0.1,
    judge(record) {
      if (record.caller.type !== 'AssumedRole' || !(record.console || desk.test(record.userAgent))) return undefined;
      const actor = `${roleName(record)}/${record.caller.session}`;
      return {
        actor,
        kind: 'human',
        reason: 'a person took this role, but the event that would name them was not found',
      };
    },
  },
  {
    rule: 'role-session',
    certainty: 0.6,
    judge(record) {
      if (roleName(record) === '') return undefined;
      return { actor: roleName(record), kind: 'automation', reason: 'a session of a role that nothing else tells of' };
    },
  },
];
