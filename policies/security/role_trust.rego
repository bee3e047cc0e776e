package elava.security

import data.lib.origin
import data.lib.trust

# METADATA
# title: Role that anybody can assume
# description: The trust policy allows every principal of every account, without a condition.
# related_resources:
# - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
# custom:
#   severity: high
#   remediation: Name the accounts, roles or services that need the role in its trust policy.
deny_trust_anyone contains $"Any AWS account can assume it: name who may in its trust policy{origin.note}" if {
	input.resource.type == "iam_role"
	some statement in trust.statements
	trust.for_anyone(statement)
	not statement.Condition
}

# METADATA
# title: Role that any pipeline can assume
# description: >-
#   It trusts an identity provider that all of its customers share, and no condition says whose repository or workspace: any
#   workflow of anybody at GitHub, say, gets its permissions.
# related_resources:
# - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
# custom:
#   severity: high
#   remediation: Add a condition on the token's subject, such as repo:acme/shop:ref:refs/heads/main.
deny_trust_any_pipeline contains reason if {
	input.resource.type == "iam_role"
	some statement in trust.statements
	some issuer in trust.issuers(statement)
	issuer in {"agent.buildkite.com", "app.terraform.io", "gitlab.com", "token.actions.githubusercontent.com"}
	not trust.names_subject(statement, issuer)
	reason := $"Any pipeline of {issuer} can assume it: add a condition on {issuer}:sub to its trust policy{origin.note}"
}

# METADATA
# title: Role with all permissions
# description: >-
#   AdministratorAccess is attached. Roles of AWS itself, and those that Organizations and Control Tower manage accounts with, are
#   left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
# custom:
#   severity: medium
#   remediation: Attach only what it uses; IAM Access Analyzer makes such a policy from CloudTrail. Add a permissions boundary.
flag_admin_role contains $"AdministratorAccess is attached: attach only what it uses, or set a permissions boundary{origin.note}" if {
	input.resource.type == "iam_role"
	some policy in input.resource.attached_policies
	endswith(policy, ":iam::aws:policy/AdministratorAccess")
	not input.resource.permissions_boundary
	not origin.made_by_aws
	not input.resource.name in {"AWSControlTowerExecution", "OrganizationAccountAccessRole"}
}
