package tests.waste.flag_unused_role

import data.elava.waste
import data.lib.samples

last_used(instant) := samples.having("iam_role", {"last_used": instant})

test_not_assumed_for_90_days if {
	waste.flag_unused_role == {concat("", [
		"Nobody has assumed it since 2026-08-01: ",
		"remove it, or tag it elava_blessed=<why>",
	])} with input as last_used("2026-08-01T00:00:00.000Z")
}

test_never_assumed if {
	waste.flag_unused_role == {concat("", [
		"Nobody has ever assumed it: ",
		"remove it, or tag it elava_blessed=<why>",
	])} with input as last_used("")
}

test_assumed_lately if count(waste.flag_unused_role) == 0 with input as last_used("2026-09-01T00:00:00.000Z")

test_new if {
	count(waste.flag_unused_role) == 0 with input as samples.knowing(last_used(""), {"resource_age_days": 80})
}

test_made_by_aws if {
	given := object.union(last_used(""), {"resource": {"service_linked": true}})
	count(waste.flag_unused_role) == 0 with input as given
}

test_break_glass if {
	given := object.union(last_used(""), {"resource": {"tags": {"elava_blessed": "break glass"}}})
	count(waste.flag_unused_role) == 0 with input as given
}
