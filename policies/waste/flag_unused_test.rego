package tests.waste.flag_unused

import data.elava.waste
import data.lib.samples

unused(type, days) := samples.knowing(samples.sound(type), {"last_used_days": days})

test_each_type_has_its_time if {
	every type, days in {"dynamodb": 30, "ec2": 14, "lambda": 90, "rds": 14} {
		count(waste.flag_unused) == 0 with input as unused(type, days)
		count(waste.flag_unused) == 1 with input as unused(type, days + 1)
	}
}

test_it_says_how_long if {
	waste.flag_unused == {"Not used for more than 90 days: stop or remove it, or tag it elava_blessed=<why>"} with input as unused("rds", 100)
}

test_what_is_stopped_is_another_rule if {
	given := object.union(unused("ec2", 100), {"resource": {"status": "stopped"}})
	count(waste.flag_unused) == 0 with input as given
}

test_an_unknown_use if {
	count(waste.flag_unused) == 0 with input as samples.sound("rds")
	count(waste.flag_unused) == 0 with input as unused("rds", null)
}

test_other_types_do_not_tell if count(waste.flag_unused) == 0 with input as unused("security_group", 1000)

test_blessed if {
	given := object.union(unused("rds", 100), {"resource": {"tags": {"elava_blessed": "archive"}}})
	count(waste.flag_unused) == 0 with input as given
}
