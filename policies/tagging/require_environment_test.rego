package tests.tagging.require_environment

import data.elava.tagging
import data.lib.samples

nowhere(type) := samples.within(samples.untagged(type), "default")

test_nothing_tells_it if {
	tagging.require_environment == {"Nothing tells its environment: add the tag environment, or give account 210000000001 one in elava.yaml"} with input as nowhere("ec2")
}

test_the_account_tells_it if count(tagging.require_environment) == 0 with input as samples.untagged("ec2")

test_a_tag_that_is_not_known_is_another_rule if {
	given := samples.within(samples.having("ec2", {"tags": {"Env": "prdo"}}), "default")
	count(tagging.require_environment) == 0 with input as given
}

test_made_by_aws if {
	given := object.union(nowhere("iam_role"), {"resource": {"service_linked": true}})
	count(tagging.require_environment) == 0 with input as given
}
