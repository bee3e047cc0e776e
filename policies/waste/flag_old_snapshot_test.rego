package tests.waste.flag_old_snapshot

import data.elava.waste
import data.lib.samples

old := samples.knowing(
	samples.having("snapshot", {"created_at": "2026-08-01T00:00:00.000Z"}),
	{"resource_age_days": 111},
)

test_older_than_90_days if {
	waste.flag_old_snapshot == {concat("", [
		"More than 90 days old, made on 2026-08-01, and no plan removes it: ",
		"delete it, or tag it elava_blessed=<why>",
	])} with input as old
}

test_young if count(waste.flag_old_snapshot) == 0 with input as samples.knowing(old, {"resource_age_days": 90})

test_used_lately if {
	count(waste.flag_old_snapshot) == 0 with input as samples.knowing(old, {"last_used_days": 2})
	count(waste.flag_old_snapshot) == 1 with input as samples.knowing(old, {"last_used_days": 31})
}

test_an_unknown_use_is_no_use if count(waste.flag_old_snapshot) == 1 with input as samples.knowing(old, {"last_used_days": null})

test_archived if {
	given := object.union(old, {"resource": {"storage_tier": "archive"}})
	count(waste.flag_old_snapshot) == 0 with input as given
}

test_kept_by_a_plan if {
	given := object.union(old, {"resource": {"tags": {"aws:dlm:lifecycle-policy-id": "policy-1"}}})
	count(waste.flag_old_snapshot) == 0 with input as given
}

test_blessed if {
	given := object.union(old, {"resource": {"tags": {"elava_blessed": "legal hold"}}})
	count(waste.flag_old_snapshot) == 0 with input as given
}
