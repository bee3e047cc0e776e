package tests.cost.flag_endless_logs

import data.elava.cost
import data.lib.samples

test_for_ever if {
	given := samples.having("log_group", {"retention_days": 0})
	cost.flag_endless_logs == {"Its logs are kept for ever: set a retention"} with input as given
}

test_for_a_year if count(cost.flag_endless_logs) == 0 with input as samples.having("log_group", {"retention_days": 365})
