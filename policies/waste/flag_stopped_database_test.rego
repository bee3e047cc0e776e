package tests.waste.flag_stopped_database

import data.elava.waste
import data.lib.samples

stopped := samples.knowing(samples.having("rds", {"status": "stopped"}), {"state_since_days": 4})

test_stopped_for_days if {
	waste.flag_stopped_database == {concat("", [
		"Stopped for more than 3 days, and AWS starts it after 7: ",
		"take a final snapshot and delete it, or start it",
	])} with input as stopped
}

test_stopped_over_the_weekend if {
	count(waste.flag_stopped_database) == 0 with input as samples.knowing(stopped, {"state_since_days": 2.9})
}

test_running if count(waste.flag_stopped_database) == 0 with input as samples.sound("rds")

test_blessed if {
	given := object.union(stopped, {"resource": {"tags": {"elava_blessed": "quarterly"}}})
	count(waste.flag_stopped_database) == 0 with input as given
}
