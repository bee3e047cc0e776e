package tests.lib.tags

import data.lib.samples
import data.lib.tags

test_any_owner_tag_owns if {
	every key in tags.owner_keys {
		tags.owned with input as samples.having("ec2", {"tags": {key: "payments"}})
	}
}

test_a_configured_owner_tag_owns if {
	tags.owned with input as samples.knowing(samples.untagged("ec2"), {"owner": "payments"})
	not tags.owned with input as samples.knowing(samples.untagged("ec2"), {"owner": "tbd"})
}

test_nobody_owns_the_untagged if not tags.owned with input as samples.untagged("ec2")

test_placeholders_name_nobody if {
	every value in ["TBD", " none ", "n/a", "-", "unknown"] {
		given := samples.having("ec2", {"tags": {"owner": value}})
		not tags.owned with input as given
		tags.placeholders == {$"owner={value}"} with input as given
	}
}

test_empty_tags_are_no_placeholders if count(tags.placeholders) == 0 with input as samples.untagged("ec2")

test_any_environment_tag_counts if {
	every key in tags.environment_keys {
		tags.names_environment with input as samples.having("ec2", {"tags": {key: "qa"}})
	}
	not tags.names_environment with input as samples.untagged("ec2")
}

test_a_tag_that_denies_says_no if {
	every value in ["", "false", "No", "0"] {
		not tags.blessed with input as samples.tagged("ec2", {"elava_blessed": value})
	}
	tags.blessed with input as samples.tagged("ec2", {"elava_blessed": "kept for the audit"})
	not tags.blessed with input as samples.sound("ec2")
}

test_other_tags_say_nothing if {
	given := samples.having("ec2", {"tags": {"Name": "web", "notes": "tbd"}})
	count(tags.placeholders) == 0 with input as given
	not tags.names_environment with input as given
}

test_a_name_is_no_placeholder if count(tags.placeholders) == 0 with input as samples.sound("ec2")
