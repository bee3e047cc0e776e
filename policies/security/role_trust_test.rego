package tests.security.role_trust

import data.elava.security
import data.lib.samples

trusting(principal, rest) := samples.having("iam_role", {
	"trusted": [name | some names in principal; some name in names],
	"trust_policy": {"Version": "2012-10-17", "Statement": [object.union(
		{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},
		rest,
	)]},
})

anyone := {"AWS": ["*"]}

github := {"Federated": ["arn:aws:iam::210000000001:oidc-provider/token.actions.githubusercontent.com"]}

test_anyone if {
	reason := "Any AWS account can assume it: name who may in its trust policy"
	security.deny_trust_anyone == {reason} with input as trusting(anyone, {})
	given := samples.having("iam_role", {
		"trusted": ["*"],
		"trust_policy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}},
	})
	security.deny_trust_anyone == {reason} with input as given
}

test_anyone_of_the_organisation if {
	given := trusting(anyone, {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})
	count(security.deny_trust_anyone) == 0 with input as given
}

test_a_service if count(security.deny_trust_anyone) == 0 with input as samples.sound("iam_role")

test_any_pipeline if {
	issuer := "token.actions.githubusercontent.com"
	security.deny_trust_any_pipeline == {$"Any pipeline of {issuer} can assume it: add a condition on {issuer}:sub to its trust policy"} with input as trusting(github, {})
}

test_only_the_audience_is_checked if {
	condition := {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
	count(security.deny_trust_any_pipeline) == 1 with input as trusting(github, {"Condition": condition})
}

test_a_repository if {
	condition := {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/shop:*"}}
	count(security.deny_trust_any_pipeline) == 0 with input as trusting(github, {"Condition": condition})
}

test_an_issuer_of_ones_own if {
	cluster := {"Federated": ["arn:aws:iam::210000000001:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"]}
	count(security.deny_trust_any_pipeline) == 0 with input as trusting(cluster, {})
}

admin := samples.having("iam_role", {"attached_policies": ["arn:aws:iam::aws:policy/AdministratorAccess"]})

test_admin if {
	security.flag_admin_role == {concat("", [
		"AdministratorAccess is attached: ",
		"attach only what it uses, or set a permissions boundary",
	])} with input as admin
	china := samples.having("iam_role", {"attached_policies": ["arn:aws-cn:iam::aws:policy/AdministratorAccess"]})
	count(security.flag_admin_role) == 1 with input as china
}

test_admin_within_a_boundary if {
	given := object.union(admin, {"resource": {"permissions_boundary": "arn:aws:iam::210000000001:policy/limits"}})
	count(security.flag_admin_role) == 0 with input as given
}

test_admin_that_aws_made if {
	sso := object.union(admin, {"resource": {"path": "/aws-reserved/sso.amazonaws.com/"}})
	organizations := object.union(admin, {"resource": {"name": "OrganizationAccountAccessRole"}})
	count(security.flag_admin_role) == 0 with input as sso
	count(security.flag_admin_role) == 0 with input as organizations
}

test_fewer_permissions if count(security.flag_admin_role) == 0 with input as samples.sound("iam_role")
