import { stringify } from 'yaml';
import { callerPolicy, type PolicyDocument, readPolicy } from '../../services/scanner/aws/permissions.ts';
import { awsTypes } from '../../services/scanner/aws/resources/index.ts';
import { type Output, yamlHead } from './output.ts';

const folder = 'deploy/iam';
const role = 'elava-read';

/** The policies as `aws iam create-policy` takes them, and a template that makes the role in each account of an organisation. */
export function iamFiles(): Output[] {
  const read = readPolicy(awsTypes.values());
  return [
    { path: `${folder}/read.json`, text: policyText(read) },
    { path: `${folder}/caller.json`, text: policyText(callerPolicy(role)) },
    {
      path: `${folder}/role.yaml`,
      text:
        yamlHead('services/scanner/aws/resources') +
        stringify(template(read), { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' }),
    },
  ];
}

/** IAM refuses a policy with anything in it that is not its own, so that a head would make it useless. */
function policyText(policy: PolicyDocument): string {
  return `${JSON.stringify(policy, null, 2)}\n`;
}

const text = (Description: string, more: object = {}) => ({ Type: 'String', Description, ...more });

/** The role trusts one principal, and, where one is given, only with the external id. */
function template(PolicyDocument: PolicyDocument) {
  const trust = { Effect: 'Allow', Principal: { AWS: { Ref: 'Caller' } }, Action: 'sts:AssumeRole' };
  const external = { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      'The role that Elava reads an account with. Deploy it as a stack set to all accounts of an organisation.',
    Parameters: {
      Caller: text('ARN of the role or user that Elava runs as.', {
        AllowedPattern: '^arn:aws[a-z-]*:(iam|sts)::\\d{12}:.+$',
      }),
      ExternalId: text('providers.aws.accounts[].external_id; empty for none.', { Default: '' }),
      RoleName: text('Name of the role.', { Default: role }),
    },
    Conditions: { HasExternalId: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExternalId' }, ''] }] } },
    Resources: {
      ReadRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          Description: 'Read by Elava. Reading of configuration only.',
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ 'Fn::If': ['HasExternalId', { ...trust, Condition: external }, trust] }],
          },
          Policies: [{ PolicyName: 'read', PolicyDocument }],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['ReadRole', 'Arn'] } } },
  };
}
