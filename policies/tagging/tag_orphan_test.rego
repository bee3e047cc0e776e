package tests.tagging.tag_orphan

import data.elava.tagging
import data.lib.samples

ada := {"actor": "ada@acme.example", "actor_kind": "human", "event": "RunInstances", "confidence": 0.9}

test_the_person_who_made_it if {
	tagging.tag_orphan == {{
		"type": "tag",
		"tags": {"owner": "ada@acme.example", "elava_managed": "true"},
		"reason": "It has no owner, and ada@acme.example made or changed it (RunInstances)",
	}} with input as samples.by(samples.untagged("ec2"), ada)
}

test_nobody_is_known if count(tagging.tag_orphan) == 0 with input as samples.untagged("ec2")

test_it_has_an_owner if count(tagging.tag_orphan) == 0 with input as samples.by(samples.sound("ec2"), ada)

test_a_pipeline_is_nobody_to_ask if {
	given := samples.by(samples.untagged("ec2"), object.union(ada, {"actor_kind": "automation"}))
	count(tagging.tag_orphan) == 0 with input as given
}

test_a_guess_is_not_enough if {
	given := samples.by(samples.untagged("ec2"), object.union(ada, {"confidence": 0.69}))
	count(tagging.tag_orphan) == 0 with input as given
}

test_made_by_aws if {
	role := object.union(samples.untagged("iam_role"), {"resource": {"service_linked": true}})
	count(tagging.tag_orphan) == 0 with input as samples.by(role, ada)
}

test_a_person_without_a_name if {
	given := samples.by(samples.untagged("ec2"), object.union(ada, {"actor": ""}))
	count(tagging.tag_orphan) == 0 with input as given
}
