package tests.ownership.flag_placeholder_owner

import data.elava.ownership
import data.lib.samples

test_each_placeholder_is_named if {
	given := samples.having("ec2", {"tags": {"owner": "TBD", "team": "unknown"}})
	ownership.flag_placeholder_owner == {
		"owner=TBD names nobody: put a team or a person there",
		"team=unknown names nobody: put a team or a person there",
	} with input as given
}

test_another_tag_that_names_somebody_is_enough if {
	given := samples.having("ec2", {"tags": {"owner": "TBD", "team": "media"}})
	count(ownership.flag_placeholder_owner) == 0 with input as given
}

test_no_tag_is_no_placeholder if count(ownership.flag_placeholder_owner) == 0 with input as samples.untagged("ec2")
