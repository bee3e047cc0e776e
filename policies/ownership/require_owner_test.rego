package tests.ownership.require_owner

import data.elava.ownership
import data.lib.samples

missing := "No owner: add the tag owner=<team or person>"

test_what_teams_run_needs_an_owner if {
	every type in ["dynamodb", "ec2", "lambda", "rds", "s3"] {
		ownership.require_owner == {missing} with input as samples.untagged(type)
	}
}

test_it_says_where_to_add_it if {
	given := samples.having("ec2", {"tags": {"owner": "", "elava_owner": "", "aws:autoscaling:groupName": "web"}})
	ownership.require_owner == {$"{missing} (made by the Auto Scaling group web: change it there)"} with input as given
}

test_what_serves_another_is_not_asked if {
	every type in ["ebs", "iam_role", "security_group", "snapshot"] {
		count(ownership.require_owner) == 0 with input as samples.untagged(type)
	}
}

test_an_alias_will_do if count(ownership.require_owner) == 0 with input as samples.having("s3", {"tags": {"Team": "media"}})

test_a_placeholder_is_another_rule if {
	count(ownership.require_owner) == 0 with input as samples.having("s3", {"tags": {"owner": "tbd"}})
}
