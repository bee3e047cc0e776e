import { defineAction, shortId } from '../action.ts';
import { hasRule, permissionOf, type Rule, ruleOf, ruleText } from './rules.ts';

/** Puts back a rule that `revoke_rule` took. No policy may open a door. */
export const authorizeRule = defineAction({
  type: 'authorize_rule',
  title: 'Put a rule of a security group back',
  cost: 'recoverable',
  resources: ['security_group'],
  proposable: false,
  params: ruleOf,
  check: (resource, params) => (hasRule(resource, params) ? 'it has the rule' : undefined),
  would: (_resource, params) => `let ${ruleText(params as unknown as Rule)} in again`,
  inverse: (_resource, params) => ({ action: 'revoke_rule', params }),
  steps: [
    {
      name: 'authorize',
      role: 'network',
      iam: ['ec2:AuthorizeSecurityGroupIngress'],
      call: async ({ resource, params, aws }) => {
        const IpPermissions = [permissionOf(params)];
        await aws.change(['ec2', 'AuthorizeSecurityGroupIngress'], { GroupId: shortId(resource), IpPermissions });
      },
      happened: async ({ read, params }) => hasRule(await read(), params),
    },
  ],
});
