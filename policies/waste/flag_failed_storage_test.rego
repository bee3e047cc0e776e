package tests.waste.flag_failed_storage

import data.elava.waste
import data.lib.samples

reason := "Its state is error and it does not recover: delete it, and restore what is needed"

test_failed if {
	every type in ["ebs", "snapshot"] {
		waste.flag_failed_storage == {reason} with input as samples.having(type, {"status": "error"})
	}
}

test_other_types_may_recover if count(waste.flag_failed_storage) == 0 with input as samples.having("rds", {"status": "error"})

test_well if count(waste.flag_failed_storage) == 0 with input as samples.sound("ebs")
