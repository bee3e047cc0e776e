package tests.security.lambda

import data.elava.security
import data.lib.samples

test_secrets_by_name if {
	security.flag_secret_in_environment == {concat("", [
		"Secrets in the clear in DB_PASSWORD, GITHUB_TOKEN: ",
		"move them to Secrets Manager, and change them",
	])} with input as samples.having("lambda", {"environment_secrets": ["DB_PASSWORD", "GITHUB_TOKEN"]})
}

test_no_secrets if count(security.flag_secret_in_environment) == 0 with input as samples.sound("lambda")

test_ended_runtime if {
	reason := "python3.9 gets no patches since 2025-12-15: move to a newer runtime"
	security.flag_ended_runtime == {reason} with input as samples.having("lambda", {"runtime": "python3.9"})
}

test_time_alone_makes_it_fire if {
	given := samples.having("lambda", {"runtime": "nodejs22.x"})
	count(security.flag_ended_runtime) == 0 with input as given
	count(security.flag_ended_runtime) == 1 with input as samples.knowing(given, {"now": "2027-05-01T00:00:00.000Z"})
}

test_an_image_has_no_runtime if count(security.flag_ended_runtime) == 0 with input as samples.lacking("lambda", ["runtime"])
