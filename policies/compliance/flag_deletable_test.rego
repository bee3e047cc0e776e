package tests.compliance.flag_deletable

import data.elava.compliance
import data.lib.samples

deletable(type) := samples.having(type, {"deletion_protection": false})

test_stores_in_prod if {
	every type in ["dynamodb", "rds"] {
		compliance.flag_deletable == {"Deletion protection is off: turn it on"} with input as deletable(type)
	}
}

test_elsewhere if count(compliance.flag_deletable) == 0 with input as samples.within(deletable("rds"), "dev")

test_protected if {
	count(compliance.flag_deletable) == 0 with input as samples.sound("rds")
	count(compliance.flag_deletable) == 0 with input as samples.sound("dynamodb")
}

test_member_of_a_cluster if {
	given := object.union(deletable("rds"), {"resource": {"cluster": "shop"}})
	count(compliance.flag_deletable) == 0 with input as given
}
