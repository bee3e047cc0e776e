package tests.waste.flag_expired

import data.elava.waste
import data.lib.samples

expiring(value) := samples.tagged("ec2", {"expires": value})

test_past if {
	waste.flag_expired == {"expires=2026-11-19 has passed: remove it, or put a later date there"} with input as expiring("2026-11-19")
}

test_under_any_name if {
	every key in ["expires", "expiry", "expires-at", "expires_at", "elava_expires"] {
		count(waste.flag_expired) == 1 with input as samples.tagged("s3", {key: "2026-01-01"})
	}
}

test_the_day_itself_counts if count(waste.flag_expired) == 0 with input as expiring("2026-11-20")

test_an_instant if {
	count(waste.flag_expired) == 1 with input as expiring("2026-11-20T11:59:59Z")
	count(waste.flag_expired) == 0 with input as expiring("2026-11-20T12:00:01Z")
}

test_what_is_no_date if {
	every value in ["never", "", "20 Nov 2020", "2020", "2020-1-1", "20/01/2020", "2020/11-01", "2020-11/01", "2020-11-", "1020-11-01"] {
		count(waste.flag_expired) == 0 with input as expiring(value)
	}
}

test_no_tag if count(waste.flag_expired) == 0 with input as samples.sound("ec2")

test_a_date_on_another_tag if count(waste.flag_expired) == 0 with input as samples.tagged("ec2", {"built": "2020-01-01"})
