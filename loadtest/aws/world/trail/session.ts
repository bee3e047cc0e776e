/** Under which name, from where and with what tool calls are made; and the events that began it. */
import { assumedRole, type Identity, iamId, type RoleOf, second } from './identity.ts';

export interface Session {
  readonly identity: Identity;
  /** LookupEvents' Username; "" for AWS's services. */
  readonly username: string;
  /** "" for AWS's services. */
  readonly accessKeyId: string;
  readonly userAgent: string;
  readonly sourceIp: string;
  readonly console: boolean;
  readonly opening: readonly Opening[];
}

/** The event that a session starts with: it leads from the session's access key to whoever asked for it. */
export interface Opening {
  readonly account: string;
  readonly region: string;
  readonly at: number;
  readonly name: string;
  readonly source: string;
  readonly readOnly: boolean;
  readonly request: object | null;
  readonly response: object | null;
  readonly by: Omit<Session, 'opening'>;
  /** Of the same call's events in two accounts. */
  readonly shared?: string;
  readonly resources?: readonly { readonly type: string; readonly name: string; readonly account: string }[];
}

const hour = 3_600_000;

/** When the hour's session began: shortly before the hour. */
export function sessionStart(at: number): number {
  return Math.floor(at / hour) * hour - 127_000;
}

export const agents = {
  browser:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  cli: 'aws-cli/2.22.12 md/awscrt#0.22.0 ua/2.0 os/macos#24.1.0 md/arch#arm64 lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#ec2.run-instances',
  terraform:
    'APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.81.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.6 ua/2.1 os/linux lang/go#1.23.3',
  boto: 'Boto3/1.35.76 md/Botocore#1.35.76 ua/2.0 os/linux#5.10.228 md/arch#x86_64 lang/python#3.12.7 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy',
  java: 'aws-sdk-java/2.29.29 md/io#sync md/http#Apache ua/2.1 os/Linux#5.10.228 lang/java#21.0.5 exec-env/AWS_ECS_FARGATE',
  go: 'aws-sdk-go-v2/1.32.6 ua/2.1 os/linux lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64 api/sts#1.33.1',
} as const;

export interface Taking {
  readonly role: RoleOf;
  readonly session: string;
  readonly accessKeyId: string;
  readonly since: number;
}

/** STS's answer, as far as CloudTrail shows it. */
export function granted({ role, session, accessKeyId, since }: Taking) {
  return {
    credentials: {
      accessKeyId,
      sessionToken: `IQoJb3JpZ2luX2VjE${iamId('', accessKeyId, 40)}`,
      expiration: new Date(since + hour).toUTCString(),
    },
    assumedRoleUser: {
      assumedRoleId: `${iamId('AROA', `${role.account}/${role.name}`)}:${session}`,
      arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${session}`,
    },
  };
}

export function roleArn({ account, path = '/', name }: RoleOf): string {
  return `arn:aws:iam::${account}:role${path}${name}`;
}

/** The AssumeRole event of a role that is taken by someone who has a session already. */
export function assumeRole(taking: Taking, by: Omit<Session, 'opening'>, region: string): Opening {
  const { role, session, since } = taking;
  return {
    account: role.account,
    region,
    at: since,
    name: 'AssumeRole',
    source: 'sts.amazonaws.com',
    readOnly: true,
    request: { roleArn: roleArn(role), roleSessionName: session, durationSeconds: 3600 },
    response: granted(taking),
    by,
    resources: [{ type: 'AWS::IAM::Role', name: roleArn(role), account: role.account }],
  };
}

export interface RoleSession extends Omit<Session, 'identity' | 'username' | 'accessKeyId'> {
  readonly mfa?: boolean;
  readonly invokedBy?: string;
  readonly federation?: { readonly federatedProvider: string; readonly attributes: object };
  readonly more?: object;
}

/** The session that a role's credentials give. */
export function roleSession(taking: Taking, { mfa, invokedBy, federation, more, ...session }: RoleSession): Session {
  const identity = assumedRole({
    ...taking,
    ...(mfa === undefined ? {} : { mfa }),
    ...(invokedBy === undefined ? {} : { invokedBy }),
    ...(federation === undefined ? {} : { federation }),
    ...(more === undefined ? {} : { more }),
  });
  return { ...session, identity, username: taking.session, accessKeyId: taking.accessKeyId };
}

/** ConsoleLogin: the only event of a sign-in with a password. */
export function consoleLogin(account: string, at: number, by: Omit<Session, 'opening'>): Opening {
  return {
    account,
    region: 'us-east-1',
    at,
    name: 'ConsoleLogin',
    source: 'signin.amazonaws.com',
    readOnly: false,
    request: null,
    response: { ConsoleLogin: 'Success' },
    by,
  };
}

export { second };
