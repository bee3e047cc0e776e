package tests.waste.flag_stale_temporary

import data.elava.waste
import data.lib.samples

temporary := samples.tagged("ec2", {"temporary": "true"})

test_old if {
	waste.flag_stale_temporary == {concat("", [
		"Tagged temporary, but made on 2025-10-16: ",
		"remove it, or take the tag temporary off",
	])} with input as temporary
}

test_young if count(waste.flag_stale_temporary) == 0 with input as samples.knowing(temporary, {"resource_age_days": 90})

test_not_temporary if {
	count(waste.flag_stale_temporary) == 0 with input as samples.sound("ec2")
	count(waste.flag_stale_temporary) == 0 with input as samples.tagged("ec2", {"temporary": "false"})
}
