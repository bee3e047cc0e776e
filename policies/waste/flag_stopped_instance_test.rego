package tests.waste.flag_stopped_instance

import data.elava.waste
import data.lib.samples

stopped(fields) := samples.having("ec2", object.union({"status": "stopped"}, fields))

advice := "terminate it, start it, or tag it elava_blessed=<why>"

test_ec2_tells_since_when if {
	given := samples.knowing(stopped({"stopped_since": "2026-11-12T00:00:00.000Z"}), {"state_since_days": 0.1})
	waste.flag_stopped_instance == {$"Stopped since 2026-11-12: {advice}"} with input as given
}

test_otherwise_what_was_seen if {
	waste.flag_stopped_instance == {$"Stopped for more than 14 days: {advice}"} with input as stopped({})
}

test_a_week_is_not_more_than_a_week if {
	count(waste.flag_stopped_instance) == 0 with input as samples.knowing(stopped({}), {"state_since_days": 7})
	given := samples.knowing(stopped({"stopped_since": "2026-11-13T12:00:00.000Z"}), {"state_since_days": 6})
	count(waste.flag_stopped_instance) == 0 with input as given
}

test_running if count(waste.flag_stopped_instance) == 0 with input as samples.sound("ec2")

test_blessed if {
	given := object.union(stopped({}), {"resource": {"tags": {"elava_blessed": "licence server"}}})
	count(waste.flag_stopped_instance) == 0 with input as given
}

test_warm_pool if {
	given := object.union(stopped({}), {"resource": {"tags": {"aws:autoscaling:groupName": "web"}}})
	count(waste.flag_stopped_instance) == 0 with input as given
}
