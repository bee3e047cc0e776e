package tests.security.public_bucket

import data.elava.security
import data.lib.samples

public := samples.having("s3", {"public_read": true})

advice := "turn on its public access block, or tag it approved_public=<why>"

test_in_prod_it_is_denied if {
	security.deny_public_bucket == {$"Anybody can read it: {advice}"} with input as public
	count(security.flag_public_bucket) == 0 with input as public
}

test_elsewhere_it_is_flagged if {
	every environment in ["staging", "dev", "default"] {
		security.flag_public_bucket == {$"Anybody can read it: {advice}"} with input as samples.within(public, environment)
		count(security.deny_public_bucket) == 0 with input as samples.within(public, environment)
	}
}

test_history_tells_that_it_is_new if {
	reason := $"Anybody can read it, and it was private before: {advice}"
	security.deny_public_bucket == {reason} with input as samples.once(public, [{"public_read": false}])
	security.deny_public_bucket == {$"Anybody can read it: {advice}"} with input as samples.once(public, [{"versioning": false}])
}

test_approved if {
	given := object.union(public, {"resource": {"tags": {"approved_public": "www"}}})
	count(security.deny_public_bucket) == 0 with input as given
	count(security.flag_public_bucket) == 0 with input as samples.within(given, "dev")
}

test_disapproved if {
	given := object.union(public, {"resource": {"tags": {"approved_public": "false"}}})
	count(security.deny_public_bucket) == 1 with input as given
}

test_private if {
	count(security.deny_public_bucket) == 0 with input as samples.sound("s3")
	count(security.flag_public_bucket) == 0 with input as samples.within(samples.sound("s3"), "dev")
}

test_an_unknown_setting_is_not_public if {
	count(security.deny_public_bucket) == 0 with input as samples.lacking("s3", ["public_read"])
}

unguarded := samples.having("s3", {"public_access_block": {
	"block_public_acls": true,
	"ignore_public_acls": true,
	"block_public_policy": false,
	"restrict_public_buckets": false,
}})

test_unguarded_names_what_is_off if {
	security.flag_unguarded_bucket == {concat("", [
		"Its public access block lacks block_public_policy, restrict_public_buckets: ",
		"turn it on",
	])} with input as unguarded
}

test_guarded if count(security.flag_unguarded_bucket) == 0 with input as samples.sound("s3")

test_a_public_one_is_another_rule if {
	count(security.flag_unguarded_bucket) == 0 with input as object.union(unguarded, {"resource": {"public_read": true}})
}

test_a_website_has_to_be_unguarded if {
	given := object.union(unguarded, {"resource": {"tags": {"approved_public": "www"}}})
	count(security.flag_unguarded_bucket) == 0 with input as given
}
