package tests.tagging.flag_untagged

import data.elava.tagging
import data.lib.samples

reason := "It has no tags: add at least owner and environment"

test_no_tags_but_those_of_every_input if tagging.flag_untagged == {reason} with input as samples.untagged("snapshot")

test_tags_of_aws_do_not_count if {
	given := samples.having("snapshot", {"tags": {"owner": "", "aws:ec2:source": "x"}})
	tagging.flag_untagged == {reason} with input as given
}

test_one_tag if count(tagging.flag_untagged) == 0 with input as samples.having("snapshot", {"tags": {"Name": "nightly"}})

test_made_by_aws if {
	given := object.union(samples.untagged("security_group"), {"resource": {"default": true}})
	count(tagging.flag_untagged) == 0 with input as given
}
