/** What to do about a unit that could not be read, by the code of its failure; docs/errors.md has them all. */
const advice: Readonly<Record<string, string>> = {
  AWS_ACCESS_DENIED: "Give the scanner's role the permission that AWS names below.",
  AWS_CREDENTIALS: 'Renew the credentials, or the trust of the role that is assumed.',
  AWS_THROTTLED:
    'AWS asked for a slower pace; it is tried again at the next turn. Lower providers.aws.rate if it stays.',
  AWS_REGION_DISABLED: 'Enable the region for the account, or take it out of providers.aws.regions.',
  AWS_UNREACHABLE: "AWS did not answer. Check the network and the account's endpoints.",
  TIMEOUT: 'It took longer than providers.aws.unit_timeout allows.',
  CANCELLED: 'The scan was stopped before this unit was read.',
};

export const adviceOf = (code: string): string => advice[code] ?? 'It is tried again at the next turn.';
