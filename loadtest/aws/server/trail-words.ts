/** A call's input and output in CloudTrail's casing: EC2's as in its XML, all others with small first letters. */
type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

/** EC2 names lists of ids for what they hold. */
const ec2Lists: Readonly<Record<string, readonly [set: string, item: string]>> = {
  InstanceIds: ['instancesSet', 'instanceId'],
  Resources: ['resourcesSet', 'resourceId'],
};
const ec2Sets: Readonly<Record<string, string>> = {
  Tags: 'tagSet',
  StoppingInstances: 'instancesSet',
  StartingInstances: 'instancesSet',
  TerminatingInstances: 'instancesSet',
  Filters: 'filterSet',
};

/** `requestParameters` or `responseElements` of a served call; null when there is nothing to say. */
export function trailWords(service: string, fields: Fields): object | null {
  const words = service === 'ec2' ? ec2Fields(fields) : (lowered(fields) as object);
  return Object.keys(words).length > 0 ? words : null;
}

function ec2Fields(fields: Fields): object {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const list = ec2Lists[name];
        if (list && Array.isArray(value)) return [list[0], { items: value.map((id: Value) => ({ [list[1]]: id })) }];
        return [ec2Sets[name] ?? lowerFirst(name), ec2Value(value)];
      }),
  );
}

function ec2Value(value: Value): Value {
  if (Array.isArray(value)) return { items: value.map(ec2Value) };
  if (value instanceof Date) return value.getTime();
  return typeof value === 'object' && value !== null ? ec2Fields(value as Fields) : value;
}

function lowered(value: Value): Value {
  if (Array.isArray(value)) return value.map(lowered);
  if (value instanceof Date) return value.toUTCString();
  if (value instanceof Uint8Array) return '';
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Fields).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => [lowerFirst(name), secret.test(name) ? '****' : lowered(item)]),
  );
}

/** What CloudTrail never shows. */
const secret = /^(SecretAccessKey|MasterUserPassword|Password)$/;

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
