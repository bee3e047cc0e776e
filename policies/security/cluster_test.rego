package tests.security.cluster

import data.elava.security
import data.lib.samples

test_open_to_the_internet if {
	security.flag_public_api == {concat("", [
		"Its API server can be reached from anywhere: ",
		"limit it to your own ranges",
	])} with input as samples.having("eks", {"public": true})
}

test_open_to_some if count(security.flag_public_api) == 0 with input as samples.sound("eks")

test_secrets_in_the_clear if {
	security.flag_plain_secrets == {concat("", [
		"Its Secrets are under no key of your own: ",
		"turn on envelope encryption",
	])} with input as samples.having("eks", {"secrets_encrypted": false})
}

test_an_ended_version if {
	security.flag_ended_kubernetes == {concat("", [
		"Kubernetes 1.31 has no standard support since 2025-11-26: ",
		"upgrade it",
	])} with input as samples.having("eks", {"version": "1.31"})
}

test_a_version_that_will_end if {
	given := samples.knowing(samples.having("eks", {"version": "1.31"}), {"now": "2025-11-26"})
	count(security.flag_ended_kubernetes) == 0 with input as given
}
