package tests.lib.trust

import data.lib.samples
import data.lib.trust

github := "token.actions.githubusercontent.com"

trusting(statement) := samples.having("iam_role", {"trust_policy": {"Statement": statement}})

test_a_statement_without_a_list if {
	statement := {"Effect": "Allow", "Principal": "*"}
	trust.statements == {statement} with input as trusting(statement)
	trust.statements == {statement} with input as trusting([statement])
}

test_denying_statements_allow_nothing if {
	trust.statements == set() with input as trusting([{"Effect": "Deny", "Principal": "*"}])
}

test_anyone if {
	trust.for_anyone({"Principal": "*"})
	trust.for_anyone({"Principal": {"AWS": "*"}})
	trust.for_anyone({"Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}})
	not trust.for_anyone({"Principal": {"AWS": "arn:aws:iam::1:root"}})
	not trust.for_anyone({"Principal": {"Service": "ec2.amazonaws.com"}})
}

test_issuers if {
	trust.issuers({"Principal": {"Federated": $"arn:aws:iam::1:oidc-provider/{github}"}}) == {github}
	trust.issuers({"Principal": {"Federated": "arn:aws:iam::1:saml-provider/okta"}}) == set()
	trust.issuers({"Principal": {"Service": "ec2.amazonaws.com"}}) == set()
}

test_a_subject_that_means_anything_is_none if {
	every subject in ["*", "repo:*", "repo:*/*", ["repo:acme/shop:*", "repo:*"]] {
		not trust.names_subject({"Condition": {"StringLike": {$"{github}:sub": subject}}}, github)
	}
}

test_a_subject if {
	trust.names_subject({"Condition": {"StringLike": {$"{github}:sub": "repo:acme/shop:*"}}}, github)
	trust.names_subject({"Condition": {"StringEquals": {"Token.actions.githubusercontent.com:SUB": ["a", "b"]}}}, github)
	not trust.names_subject({"Condition": {"StringEquals": {$"{github}:aud": "sts.amazonaws.com"}}}, github)
	not trust.names_subject({}, github)
}

test_that_there_is_a_subject_says_nothing_of_it if {
	not trust.names_subject({"Condition": {"Null": {$"{github}:sub": "false"}}}, github)
}
