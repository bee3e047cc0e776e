package tests.compliance.logs

import data.elava.compliance
import data.lib.samples

unheard := samples.having("eks", {"log_types": ["api"]})

test_no_audit_log if compliance.flag_no_audit_log == {"Its control plane keeps no audit log: turn it on"} with input as unheard

test_outside_of_prod if count(compliance.flag_no_audit_log) == 0 with input as samples.within(unheard, "dev")

short := samples.having("log_group", {"retention_days": 14})

test_soon_gone if compliance.flag_short_logs == {"Its logs are kept for 14 days: keep 30 or more"} with input as short

test_long_enough if {
	every days in [0, 30] {
		count(compliance.flag_short_logs) == 0 with input as samples.having("log_group", {"retention_days": days})
	}
}

test_elsewhere if count(compliance.flag_short_logs) == 0 with input as samples.within(short, "dev")
