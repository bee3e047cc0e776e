package tests.tagging.require_environment

import data.elava.tagging
import data.lib.samples

test_only_the_account_tells_it if {
	every type in ["dynamodb", "ec2", "lambda", "rds", "s3"] {
		given := samples.within(samples.untagged(type), "staging")
		tagging.require_environment == {"Only its account tells its environment: add environment=staging"} with input as given
	}
}

test_nothing_tells_it_is_another_rule if {
	count(tagging.require_environment) == 0 with input as samples.within(samples.untagged("ec2"), "default")
}

test_any_of_the_usual_names if {
	count(tagging.require_environment) == 0 with input as samples.having("ec2", {"tags": {"stage": "prod"}})
}

test_what_serves_another_is_not_asked if {
	every type in ["ebs", "iam_role", "security_group", "snapshot"] {
		count(tagging.require_environment) == 0 with input as samples.untagged(type)
	}
}
