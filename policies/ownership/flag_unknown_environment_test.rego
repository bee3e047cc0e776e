package tests.ownership.flag_unknown_environment

import data.elava.ownership
import data.lib.samples

test_a_slip_of_the_pen if {
	given := samples.within(samples.having("ec2", {"tags": {"Env": "prdo", "Name": "web"}}), "default")
	ownership.flag_unknown_environment == {"Env=prdo is no environment of elava.yaml: correct the tag, or add the environment"} with input as given
}

test_no_tag if {
	given := samples.within(samples.untagged("ec2"), "default")
	count(ownership.flag_unknown_environment) == 0 with input as given
}

test_default_is_known if {
	given := samples.within(samples.having("ec2", {"tags": {"environment": "default"}}), "default")
	count(ownership.flag_unknown_environment) == 0 with input as given
}

test_a_known_one if count(ownership.flag_unknown_environment) == 0 with input as samples.sound("ec2")
