package tests.ownership.flag_no_environment

import data.elava.ownership
import data.lib.samples

nowhere(type) := samples.within(samples.untagged(type), "default")

test_nothing_tells_it if {
	every type in ["dynamodb", "ec2", "lambda", "rds", "s3"] {
		ownership.flag_no_environment == {concat("", [
			"Nothing tells its environment: ",
			"add the tag environment, or give account 210000000001 one in elava.yaml",
		])} with input as nowhere(type)
	}
}

test_the_account_tells_it if count(ownership.flag_no_environment) == 0 with input as samples.untagged("ec2")

test_a_tag_that_is_not_known_is_another_rule if {
	given := samples.within(samples.having("ec2", {"tags": {"Env": "prdo"}}), "default")
	count(ownership.flag_no_environment) == 0 with input as given
}

test_what_serves_another_is_not_asked if {
	every type in ["ebs", "iam_role", "security_group", "snapshot"] {
		count(ownership.flag_no_environment) == 0 with input as nowhere(type)
	}
}
