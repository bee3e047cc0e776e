package tests.cost.flag_multi_az_outside_prod

import data.elava.cost
import data.lib.samples

standby := samples.sound("rds")

test_outside_of_prod if {
	cost.flag_multi_az_outside_prod == {concat("", [
		"Multi-AZ in staging: ",
		"turn it off, or tag it elava_blessed=<why>",
	])} with input as samples.within(standby, "staging")
}

test_where_it_may_be_needed if {
	count(cost.flag_multi_az_outside_prod) == 0 with input as standby
	count(cost.flag_multi_az_outside_prod) == 0 with input as samples.within(standby, "default")
}

test_one_zone if {
	given := samples.within(samples.having("rds", {"multi_az": false}), "dev")
	count(cost.flag_multi_az_outside_prod) == 0 with input as given
}

test_blessed if {
	given := samples.within(samples.tagged("rds", {"elava_blessed": "failover tests"}), "staging")
	count(cost.flag_multi_az_outside_prod) == 0 with input as given
}
