package tests.cost.volume_type

import data.elava.cost
import data.lib.samples

of_type(type) := samples.having("ebs", {"volume_type": type})

test_old_types_name_the_newer_one if {
	every old, newer in {"gp2": "gp3", "io1": "io2", "standard": "gp3"} {
		cost.flag_old_volume_type == {$"Its type is {old}: change it to {newer}"} with input as of_type(old)
	}
}

test_types_of_today if {
	every type in ["gp3", "io2", "st1", "sc1"] {
		count(cost.flag_old_volume_type) == 0 with input as of_type(type)
	}
}

fast := samples.having("ebs", {"volume_type": "io2", "iops": 8000})

test_paid_iops_outside_of_prod if {
	cost.flag_paid_iops == {"io2 with 8000 IOPS in staging: gp3 gives 3000 with its price"} with input as samples.within(fast, "staging")
	more := samples.within(samples.having("ebs", {"iops": 6000}), "dev")
	cost.flag_paid_iops == {"gp3 with 6000 IOPS in dev: gp3 gives 3000 with its price"} with input as more
}

test_iops_that_are_not_paid_for if {
	count(cost.flag_paid_iops) == 0 with input as samples.within(samples.sound("ebs"), "dev")
	count(cost.flag_paid_iops) == 0 with input as samples.within(samples.lacking("ebs", ["iops"]), "dev")
}

test_where_they_may_be_needed if {
	count(cost.flag_paid_iops) == 0 with input as fast
	count(cost.flag_paid_iops) == 0 with input as samples.within(fast, "default")
}
