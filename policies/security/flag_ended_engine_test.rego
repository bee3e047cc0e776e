package tests.security.flag_ended_engine

import data.elava.security
import data.lib.samples

test_ended if {
	security.flag_ended_engine == {concat("", [
		"postgres 12.19 has no standard support since 2025-02-28: ",
		"upgrade its major version",
	])} with input as samples.having("rds", {"engine_version": "12.19"})
}

test_supported if count(security.flag_ended_engine) == 0 with input as samples.sound("rds")
