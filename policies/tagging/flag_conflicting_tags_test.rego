package tests.tagging.flag_conflicting_tags

import data.elava.tagging
import data.lib.samples

test_two_spellings_two_values if {
	given := samples.tagged("ec2", {"Environment": "dev", "Owner": "media"})
	tagging.flag_conflicting_tags == {
		"environment=prod contradicts Environment=dev: keep one of them",
		"owner=payments contradicts Owner=media: keep one of them",
	} with input as given
}

test_two_spellings_one_value if {
	given := samples.tagged("ec2", {"Environment": "PROD", "Owner": "payments"})
	count(tagging.flag_conflicting_tags) == 0 with input as given
}

test_an_owner_may_have_a_team if {
	count(tagging.flag_conflicting_tags) == 0 with input as samples.tagged("ec2", {"owner": "ada", "team": "payments"})
}

test_the_empty_owner_of_every_input if count(tagging.flag_conflicting_tags) == 0 with input as samples.sound("ec2")
