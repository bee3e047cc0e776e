package tests.cost.flag_idle_capacity

import data.elava.cost
import data.lib.samples

provisioned(fields) := samples.having("dynamodb", object.union(
	{"billing_mode": "PROVISIONED", "read_capacity": 50, "write_capacity": 10},
	fields,
))

test_empty if {
	cost.flag_idle_capacity == {concat("", [
		"60 units provisioned for a table without items: ",
		"change it to on-demand",
	])} with input as provisioned({"item_count": 0})
}

test_much_outside_of_prod if {
	reason := "60 units provisioned in dev: change it to on-demand"
	cost.flag_idle_capacity == {reason} with input as samples.within(provisioned({}), "dev")
}

test_little_outside_of_prod if {
	given := samples.within(provisioned({"read_capacity": 5, "write_capacity": 5}), "dev")
	count(cost.flag_idle_capacity) == 0 with input as given
}

test_where_it_may_be_needed if {
	count(cost.flag_idle_capacity) == 0 with input as provisioned({})
	count(cost.flag_idle_capacity) == 0 with input as samples.within(provisioned({}), "default")
}

test_on_demand if {
	count(cost.flag_idle_capacity) == 0 with input as provisioned({"item_count": 0, "billing_mode": "PAY_PER_REQUEST"})
}

test_no_capacity if {
	count(cost.flag_idle_capacity) == 0 with input as provisioned({"item_count": 0, "read_capacity": 0, "write_capacity": 0})
}
