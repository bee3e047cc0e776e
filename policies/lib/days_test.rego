package tests.lib.days

import data.lib.days
import data.lib.samples

test_steps_do_not_count_days if {
	days.more_than(7.1) == "more than 7 days"
	days.more_than(30) == "more than 14 days"
	days.more_than(30.01) == "more than 30 days"
	days.more_than(4000) == "more than 730 days"
	not days.more_than(3)
}

test_since_counts_to_the_instant_of_the_evaluation if {
	days.since("2026-11-10T00:00:00.000Z") == 10.5 with input as samples.sound("ec2")
	not days.since("") with input as samples.sound("ec2")
	not days.since("yesterday") with input as samples.sound("ec2")
}

test_age_is_a_date_where_one_is_told if {
	days.age == "made on 2025-10-16" with input as samples.sound("ec2")
	days.age == "known for more than 365 days" with input as samples.sound("lambda")
}
