/** People: with a user of their own, through Identity Center, as root, and through roles that they take. */
import type { Actor, Part } from './actor.ts';
import { federatedUser, iamId, iamUser, keyOf, type RoleOf, root, uuidOf } from './identity.ts';
import {
  agents,
  assumeRole,
  consoleLogin,
  granted,
  type Opening,
  roleArn,
  roleSession,
  type Session,
  sessionStart,
  type Taking,
} from './session.ts';

type Made = Omit<Actor, 'archetype'>;

/** undefined for what is no person. */
export function humanSessions(part: Part): Made | undefined {
  switch (part.archetype) {
    case 'iam_console':
    case 'iam_cli':
      return user(part, part.archetype === 'iam_console');
    case 'sso_console':
    case 'sso_cli':
      return sso(part, part.archetype === 'sso_console');
    case 'root':
      return rootUser(part);
    case 'federated':
      return federated(part);
    case 'chain':
      return chained(part);
    case 'cross_account':
      return crossAccount(part);
    case 'cloudformation_human':
      return throughCloudFormation(part);
    default:
      return undefined;
  }
}

function user({ account: { id }, person, key, address }: Part, console: boolean): Made {
  const arn = `arn:aws:iam::${id}:user/${person}`;
  return {
    actor: person,
    kind: 'human',
    aliases: [arn],
    chain: [arn],
    via: console ? 'console' : 'cli',
    session(at) {
      const since = sessionStart(at);
      const accessKeyId = console ? keyOf(`${key}/${since}`, true) : keyOf(key, false);
      const identity = iamUser(id, person, accessKeyId, console ? { since } : undefined);
      const by = { identity, username: person, accessKeyId, userAgent: agentOf(console), sourceIp: address, console };
      return { ...by, opening: console ? [consoleLogin(id, since, { ...by, accessKeyId: '' })] : [] };
    },
  };
}

const agentOf = (console: boolean) => (console ? agents.browser : agents.cli);

const permissionSets = ['AdministratorAccess', 'PowerUserAccess', 'PlatformEngineer'] as const;

function ssoRole({ account, key }: Part): RoleOf {
  const id = iamId('', key, 16).toLowerCase();
  const set = permissionSets[id.charCodeAt(0) % permissionSets.length] as string;
  const hex = Buffer.from(id).toString('hex').slice(0, 16);
  return { account: account.id, name: `AWSReservedSSO_${set}_${hex}`, path: '/aws-reserved/sso.amazonaws.com/' };
}

function ssoTaking(part: Part, at: number): Taking {
  const since = sessionStart(at);
  return {
    role: ssoRole(part),
    session: `${part.person}@acme.example`,
    accessKeyId: keyOf(`${part.key}/sso/${since}`, true),
    since,
  };
}

/** Identity Center signs people in with SAML; the role's session is named by their address. */
function ssoSession(part: Part, at: number, console: boolean): Session {
  const taking = ssoTaking(part, at);
  const userId = uuidOf(part.person);
  const store = `arn:aws:identitystore::${part.management.id}:identitystore/d-9067aa2e1f`;
  return roleSession(taking, {
    userAgent: agentOf(console),
    sourceIp: part.address,
    console,
    more: { onBehalfOf: { userId, identityStoreArn: store } },
    opening: [samlOpening(part, taking)],
  });
}

function samlOpening({ account, address }: Part, taking: Taking): Opening {
  const provider = `arn:aws:iam::${account.id}:saml-provider/AWSSSO_c5a1f2e7b0d94c36_DO_NOT_DELETE`;
  const identity = {
    type: 'SAMLUser',
    principalId: `kQ3bX9c=:${taking.session}`,
    userName: taking.session,
    identityProvider: 'kQ3bX9c=',
  };
  return {
    account: account.id,
    region: 'us-east-1',
    at: taking.since,
    name: 'AssumeRoleWithSAML',
    source: 'sts.amazonaws.com',
    readOnly: true,
    request: {
      sAMLAssertionID: `_${uuidOf(taking.accessKeyId)}`,
      roleSessionName: taking.session,
      roleArn: roleArn(taking.role),
      principalArn: provider,
      durationSeconds: 3600,
    },
    response: { ...granted(taking), subject: taking.session, subjectType: 'persistent' },
    by: {
      identity,
      username: taking.session,
      accessKeyId: '',
      userAgent: 'aws-internal/3',
      sourceIp: address,
      console: false,
    },
    resources: [{ type: 'AWS::IAM::Role', name: roleArn(taking.role), account: account.id }],
  };
}

function sso(part: Part, console: boolean): Made {
  const email = `${part.person}@acme.example`;
  const arn = roleArn(ssoRole(part));
  return {
    actor: email,
    kind: 'human',
    aliases: [part.person],
    chain: [email, arn],
    via: console ? 'console' : 'cli',
    session: (at) => ssoSession(part, at, console),
  };
}

function rootUser({ account: { id, email }, address }: Part): Made {
  const arn = `arn:aws:iam::${id}:root`;
  return {
    actor: 'root',
    kind: 'human',
    aliases: [arn, email],
    chain: [arn],
    via: 'console',
    session(at) {
      const since = sessionStart(at);
      const identity = root(id, since);
      const accessKeyId = String(identity.accessKeyId);
      const by = {
        identity,
        username: 'root',
        accessKeyId,
        userAgent: agents.browser,
        sourceIp: address,
        console: true,
      };
      return { ...by, opening: [consoleLogin(id, since, { ...by, accessKeyId: '' })] };
    },
  };
}

function federated({ account: { id }, person, address }: Part): Made {
  const arn = `arn:aws:sts::${id}:federated-user/${person}`;
  return {
    actor: person,
    kind: 'human',
    aliases: [arn],
    chain: [`arn:aws:iam::${id}:user/federation-proxy`, arn],
    via: 'console',
    session(at) {
      const identity = federatedUser(id, person, 'federation-proxy', sessionStart(at));
      const accessKeyId = String(identity.accessKeyId);
      return {
        identity,
        username: person,
        accessKeyId,
        userAgent: agents.browser,
        sourceIp: address,
        console: true,
        opening: [],
      };
    },
  };
}

/** The session's name says nothing: only the AssumeRole event with this access key in its answer leads to the person. */
function chained(part: Part): Made {
  const email = `${part.person}@acme.example`;
  const role = { account: part.account.id, name: `${part.team}-admin` };
  return {
    actor: email,
    kind: 'human',
    aliases: [part.person],
    chain: [email, roleArn(ssoRole(part)), roleArn(role)],
    via: 'cli',
    session(at, region) {
      const { opening, ...person } = ssoSession(part, at, false);
      const since = sessionStart(at) + 60_000;
      const session = `botocore-session-${Math.floor(since / 1000)}`;
      const taking = { role, session, accessKeyId: keyOf(`${part.key}/chain/${since}`, true), since };
      return roleSession(taking, {
        userAgent: agents.cli,
        sourceIp: part.address,
        console: false,
        opening: [...opening, assumeRole(taking, person, region)],
      });
    },
  };
}

/** The account of the role sees only that another account's principal took it; the other account sees who that was. */
function crossAccount(part: Part): Made {
  const email = `${part.person}@acme.example`;
  const home: Part = { ...part, account: part.management };
  const role = { account: part.account.id, name: 'OrganizationAccountAccessRole' };
  return {
    actor: email,
    kind: 'human',
    aliases: [part.person],
    chain: [email, roleArn(ssoRole(home)), roleArn(role)],
    via: 'cli',
    session(at, region) {
      const { opening, ...person } = ssoSession(home, at, false);
      const since = sessionStart(at) + 60_000;
      const taking = { role, session: `sts-${since}`, accessKeyId: keyOf(`${part.key}/cross/${since}`, true), since };
      const shared = uuidOf(`${part.key}/${since}/shared`);
      const there = { ...assumeRole(taking, person, region), account: part.management.id, shared };
      const stranger = { type: 'AWSAccount', principalId: person.identity.principalId, accountId: part.management.id };
      const here = {
        ...assumeRole(taking, { ...person, identity: stranger, username: '', accessKeyId: '' }, region),
        shared,
      };
      const own = part.management.id === part.account.id;
      return roleSession(taking, {
        userAgent: agents.cli,
        sourceIp: part.address,
        console: false,
        opening: own ? [...opening, assumeRole(taking, person, region)] : [...opening, there, here],
      });
    },
  };
}

/** CloudFormation calls with the credentials of whoever updates the stack. */
function throughCloudFormation(part: Part): Made {
  const made = sso(part, true);
  return { ...made, via: 'cloudformation', session: (at) => onBehalf(ssoSession(part, at, true)) };
}

/** The same principal, called by CloudFormation. */
export function onBehalf(session: Session): Session {
  const service = 'cloudformation.amazonaws.com';
  return {
    ...session,
    identity: { ...session.identity, invokedBy: service },
    userAgent: service,
    sourceIp: service,
    console: false,
  };
}
