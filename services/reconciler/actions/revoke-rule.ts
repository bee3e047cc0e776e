import { defineAction, shortId } from '../action.ts';
import { hasRule, permissionOf, type Rule, ruleOf, ruleText } from './rules.ts';

/** Takes one rule that lets traffic in from a security group; the others stay. */
export const revokeRule = defineAction({
  type: 'revoke_rule',
  title: 'Revoke a rule of a security group',
  cost: 'recoverable',
  resources: ['security_group'],
  proposable: true,
  params: ruleOf,
  check: (resource, params) => (hasRule(resource, params) ? undefined : 'it has no such rule'),
  would: (_resource, params) => `revoke ${ruleText(params as unknown as Rule)}`,
  inverse: (_resource, params) => ({ action: 'authorize_rule', params }),
  steps: [
    {
      name: 'revoke',
      role: 'network',
      iam: ['ec2:RevokeSecurityGroupIngress'],
      call: async ({ resource, params, aws }) => {
        const IpPermissions = [permissionOf(params)];
        await aws.change(['ec2', 'RevokeSecurityGroupIngress'], { GroupId: shortId(resource), IpPermissions });
      },
      async happened({ read, params }) {
        const now = await read();
        return now !== undefined && !hasRule(now, params);
      },
    },
  ],
});
