/** Pipelines, infrastructure as code, AWS's own services and the account's workloads. */
import type { Actor, Part } from './actor.ts';
import { onBehalf } from './cast-human.ts';
import { assumedRole, awsService, iamId, keyOf, type RoleOf } from './identity.ts';
import {
  agents,
  assumeRole,
  granted,
  type Opening,
  roleArn,
  roleSession,
  type Session,
  sessionStart,
  type Taking,
} from './session.ts';

type Made = Omit<Actor, 'archetype'>;

export function automationSessions(part: Part): Made {
  switch (part.archetype) {
    case 'github':
      return github(part);
    case 'gitlab':
      return gitlab(part);
    case 'jenkins':
      return jenkins(part);
    case 'cloudformation_ci':
      return { ...github(part), via: 'cloudformation', session: (at) => onBehalf(github(part).session(at, '')) };
    case 'lambda':
    case 'ecs':
      return workload(part, part.archetype);
    case 'autoscaling':
      return linkedService(part, 'AWSServiceRoleForAutoScaling', 'autoscaling.amazonaws.com', 'AutoScaling');
    case 'backup':
      return linkedService(
        part,
        'AWSServiceRoleForBackup',
        'backup.amazonaws.com',
        'AWSBackup-AWSServiceRoleForBackup',
      );
    case 'aws_service':
      return serviceItself('elasticloadbalancing.amazonaws.com');
    default:
      return terraform(part);
  }
}

interface Pipeline {
  readonly role: RoleOf;
  /** Name of the session that begins at an instant. */
  readonly session: (since: number) => string;
  readonly provider: string;
  readonly subject: string;
  readonly userAgent: string;
  readonly via: string;
}

/** A pipeline proves who it is by a token of its own; the event that opens the session names repository and branch. */
function pipeline(part: Part, { role, session, provider, subject, userAgent, via }: Pipeline): Made {
  const federatedProvider = `arn:aws:iam::${part.account.id}:oidc-provider/${provider}`;
  return {
    actor: role.name,
    kind: 'automation',
    aliases: [roleArn(role), subject, session(0).replace(/-?\d+$/, '')],
    chain: [subject, roleArn(role)],
    via,
    session(at) {
      const since = sessionStart(at);
      const taking = { role, session: session(since), accessKeyId: keyOf(`${part.key}/${since}`, true), since };
      return roleSession(taking, {
        userAgent,
        sourceIp: part.address,
        console: false,
        federation: { federatedProvider, attributes: {} },
        opening: [webIdentity(part, taking, { provider, subject, federatedProvider })],
      });
    },
  };
}

function webIdentity(
  { account, address }: Part,
  taking: Taking,
  { provider, subject, federatedProvider }: { provider: string; subject: string; federatedProvider: string },
): Opening {
  const identity = {
    type: 'WebIdentityUser',
    principalId: `${federatedProvider}:sts.amazonaws.com:${subject}`,
    userName: subject,
    identityProvider: federatedProvider,
  };
  return {
    account: account.id,
    region: 'us-east-1',
    at: taking.since,
    name: 'AssumeRoleWithWebIdentity',
    source: 'sts.amazonaws.com',
    readOnly: true,
    request: { roleArn: roleArn(taking.role), roleSessionName: taking.session, durationSeconds: 3600 },
    response: {
      ...granted(taking),
      subjectFromWebIdentityToken: subject,
      provider: federatedProvider,
      audience: provider === 'gitlab.com' ? 'https://gitlab.com' : 'sts.amazonaws.com',
    },
    by: { identity, username: subject, accessKeyId: '', userAgent: agents.go, sourceIp: address, console: false },
    resources: [{ type: 'AWS::IAM::Role', name: roleArn(taking.role), account: account.id }],
  };
}

function github(part: Part): Made {
  return pipeline(part, {
    role: { account: part.account.id, name: `${part.service}-deploy` },
    session: () => 'GitHubActions',
    provider: 'token.actions.githubusercontent.com',
    subject: `repo:acme/${part.service}:ref:refs/heads/main`,
    userAgent: agents.terraform,
    via: 'terraform',
  });
}

function gitlab(part: Part): Made {
  return pipeline(part, {
    role: { account: part.account.id, name: 'gitlab-ci' },
    session: (since) => `gitlab-ci-${part.service}-${Math.floor(since / 3_600_000)}`,
    provider: 'gitlab.com',
    subject: `project_path:acme/${part.team}/${part.service}:ref_type:branch:ref:main`,
    userAgent: agents.cli.replace('macos#24.1.0 md/arch#arm64', 'linux#6.1.112 md/arch#x86_64'),
    via: 'cli',
  });
}

/** An agent on an instance takes the role of what it deploys. */
function jenkins(part: Part): Made {
  const { account, service, key, address } = part;
  const role = { account: account.id, name: 'jenkins-deploy' };
  const agent = { account: account.id, name: 'jenkins-agent' };
  return {
    actor: role.name,
    kind: 'automation',
    aliases: [roleArn(role), agent.name, roleArn(agent), `jenkins-${service}`],
    chain: [roleArn(agent), roleArn(role)],
    via: 'sdk',
    session(at, region) {
      const since = sessionStart(at);
      const instance = `i-0${Buffer.from(iamId('', key, 8)).toString('hex')}`;
      const taken = { role: agent, session: instance, accessKeyId: keyOf(`${key}/agent/${since}`, true), since };
      const more = { sessionContext: { ...sessionContext(taken), ec2RoleDelivery: '2.0' } };
      const { opening: _none, ...onInstance } = roleSession(taken, {
        userAgent: agents.java,
        sourceIp: address,
        console: false,
        opening: [],
        more,
      });
      const session = `jenkins-${service}-${Math.floor(since / 3_600_000) % 100_000}`;
      const taking = { role, session, accessKeyId: keyOf(`${key}/${since}`, true), since: since + 30_000 };
      return roleSession(taking, {
        userAgent: agents.java,
        sourceIp: address,
        console: false,
        opening: [assumeRole(taking, onInstance, region)],
      });
    },
  };
}

function sessionContext(taking: Taking): object {
  return assumedRole(taking).sessionContext as object;
}

function terraform(part: Part): Made {
  const role = { account: part.account.id, name: 'atlantis-terraform' };
  return {
    actor: role.name,
    kind: 'automation',
    aliases: [roleArn(role), 'atlantis'],
    chain: [roleArn(role)],
    via: 'terraform',
    session: (at) => plainRole(part, role, { at, session: 'atlantis', userAgent: agents.terraform }),
  };
}

/** A function or a task works under its own role; the session is named by it. */
function workload(part: Part, on: 'lambda' | 'ecs'): Made {
  const { account, service, key } = part;
  const name = on === 'lambda' ? `${service}-janitor` : `${service}-operator`;
  const role = { account: account.id, name: `${name}-role`, path: '/service/' };
  const session = on === 'lambda' ? name : Buffer.from(iamId('', key, 16)).toString('hex');
  return {
    actor: role.name,
    kind: 'automation',
    aliases: [roleArn(role), session],
    chain: [roleArn(role)],
    via: 'sdk',
    session: (at) => plainRole(part, role, { at, session, userAgent: on === 'lambda' ? agents.boto : agents.java }),
  };
}

function plainRole(
  { key, address }: Part,
  role: RoleOf,
  { at, session, userAgent }: { at: number; session: string; userAgent: string },
): Session {
  const since = sessionStart(at);
  const taking = { role, session, accessKeyId: keyOf(`${key}/${since}`, true), since };
  return roleSession(taking, { userAgent, sourceIp: address, console: false, opening: [] });
}

/** An AWS service through its service-linked role: every field names the service. */
function linkedService({ account, key }: Part, name: string, principal: string, session: string): Made {
  const role = { account: account.id, name, path: `/aws-service-role/${principal}/` };
  return {
    actor: principal,
    kind: 'service',
    aliases: [name, roleArn(role), session],
    chain: [principal, roleArn(role)],
    via: 'service',
    session(at) {
      const since = sessionStart(at);
      const taking = { role, session, accessKeyId: keyOf(`${key}/${since}`, true), since };
      return roleSession(taking, {
        userAgent: principal,
        sourceIp: principal,
        console: false,
        invokedBy: principal,
        opening: [],
      });
    },
  };
}

function serviceItself(principal: string): Made {
  return {
    actor: principal,
    kind: 'service',
    aliases: [],
    chain: [principal],
    via: 'service',
    session: () => ({
      identity: awsService(principal),
      username: '',
      accessKeyId: '',
      userAgent: principal,
      sourceIp: principal,
      console: false,
      opening: [],
    }),
  };
}
