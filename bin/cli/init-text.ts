/** The text of a first elava.yaml: what was found, and the settings that most people come to next, with what they mean. Pure. */

export interface Detected {
  /** Whose credentials they are; undefined when there are none that work. */
  readonly caller?: { readonly account: string; readonly arn: string } | undefined;
  /** Accounts of the organisation; undefined where it does not tell them to this caller. */
  readonly members?: readonly { readonly id: string; readonly name: string; readonly state: string }[] | undefined;
  /** Regions of the caller's account. */
  readonly regions?: { readonly on: readonly string[]; readonly off: readonly string[] } | undefined;
  /** Why something could not be found out, one sentence each. */
  readonly notes: readonly string[];
}

/** More members than this are counted, not listed. */
const LISTED = 20;

export function initText(found: Detected): string {
  return `${[head(found), providers(found), rest].join('\n')}`;
}

function head({ caller, notes }: Detected): string {
  const who = caller
    ? `Found with the credentials of ${caller.arn}.`
    : 'No credentials were found: fill in the accounts.';
  const lines = [
    'Elava. Every setting, its default and its environment name: docs/config.md.',
    'What is in force, and where it comes from: elava config. What is wrong: elava doctor.',
    who,
    ...notes,
  ];
  return `${lines.map((line) => `# ${line}`).join('\n')}\n`;
}

function providers(found: Detected): string {
  return `providers:
  aws:
${regionsText(found)}
${found.members ? organizationText(found.members) : accountsText(found)}
    # Share of AWS's published request rates that scans may use.
    # rate: 0.5
    # Units (account × region × type) that are scanned at once.
    # concurrency: 8
`;
}

function regionsText({ regions }: Detected): string {
  if (!regions) return '    # Regions to scan; all: those that each account has enabled.\n    regions: [us-east-1]';
  const off = regions.off.length === 0 ? '' : `\n    # Not enabled: ${regions.off.join(', ')}`;
  return `    # Regions to scan. "regions: [all]" follows what each account has enabled.${off}
    regions:
${regions.on.map((name) => `      - ${name}`).join('\n')}`;
}

function organizationText(members: NonNullable<Detected['members']>): string {
  const suspended = members.filter(({ state }) => state === 'suspended').length;
  const listed = members
    .slice(0, LISTED)
    .map(({ id, name, state }) => `    #   ${id} ${oneLine(name)}${state === 'suspended' ? ' (suspended)' : ''}`);
  const more = members.length > LISTED ? [`    #   and ${members.length - LISTED} more: elava accounts`] : [];
  return `    # ${members.length} accounts in the organisation${suspended > 0 ? `, ${suspended} of them suspended` : ''}:
${[...listed, ...more].join('\n')}
    organization:
      enabled: true
      # The role that is assumed in each account; deploy/iam has its policy.
      role: elava-read
      # external_id: ""
      # Only some organizational units, by name, path or id, with all below them:
      # units: [Workloads/Prod]
      # Only accounts with one of these tags:
      # tags: [environment=prod]
      # Accounts that are left out, by id or name:
      # exclude: ["sandbox-*"]`;
}

function accountsText({ caller }: Detected): string {
  const own = caller ? `id: "${caller.account}"` : 'id: "111111111111"';
  const lines = caller
    ? ['    accounts:', `      - ${own}`, '        name: main']
    : ["    # None: the caller's own account.", '    # accounts:', `    #   - ${own}`, '    #     name: main'];
  return `${lines.join('\n')}
    # More accounts, each with a role to assume:
    #   - id: "222222222222"
    #     name: payments
    #     role_arn: arn:aws:iam::222222222222:role/elava-read
    #     external_id: ""
    #     environment: prod
    # Or all accounts of AWS Organizations:
    # organization:
    #   enabled: true
    #   role: elava-read`;
}

/** Names are other people's text: one that has a line end would end the comment. */
function oneLine(name: string): string {
  return name.replaceAll(/\s+/g, ' ');
}

const rest = `storage:
  # Data directory of the embedded store. A ClickHouse server instead: storage.url.
  path: ./.elava
  # How long versions and changes are kept.
  # retention: 30d

policies:
  # Directory of Rego, or a bundle of OPA (.tar.gz or URL). Without it the shipped policies judge.
  # path: ./policies
  # monitor, notify or enforce: what decisions lead to.
  enforcement_mode: notify

# How often each unit is scanned: the first tier that matches counts. Patterns: types, accounts, regions, tags, status.
tiers:
  critical:
    types: [security_group, iam_role, s3]
    interval: 15m
  # production:
  #   tags: [environment=prod]
  #   interval: 1h
  standard:
    interval: 6h

# Tags that name an owner; the first found counts.
# tags:
#   owner: [owner, Owner, team, Team]
`;
