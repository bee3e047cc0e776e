package tests.sound

import data.lib.samples

# No rule may speak of what is as it should be.
test_nothing_is_said_of_a_sound_resource[type] if {
	some type in samples.types
	samples.voices == set() with input as samples.sound(type)
}

test_nothing_is_said_for_want_of_a_fact if {
	facts := {
		"last_seen_days", "resource_age_days", "state_since_days", "change_frequency", "compliance_rules", "coverage",
		"last_actor", "team_policies",
	}
	every type in samples.types {
		given := json.remove(samples.sound(type), {$"context/{fact}" | some fact in facts})
		samples.voices == set() with input as given
	}
}

# Nobody can tag, close or remove what AWS makes by itself.
test_nothing_is_said_of_what_aws_makes if {
	group := object.union(samples.untagged("security_group"), {"resource": {"default": true, "rules": [{
		"direction": "ingress",
		"protocol": "-1",
		"from_port": 0,
		"to_port": 65535,
		"source": "sg-1",
		"description": "",
	}]}})
	role := object.union(samples.untagged("iam_role"), {"resource": {"service_linked": true, "last_used": ""}})
	every environment in ["prod", "staging", "dev", "default"] {
		samples.voices == set() with input as samples.within(group, environment)
		samples.voices == set() with input as samples.within(role, environment)
	}
}

# The tests above say something only if a rule that speaks is heard.
test_what_is_said_is_heard if {
	given := samples.having("s3", {"public_read": true})
	samples.voices == {"security.deny_public_bucket"} with input as given
}
