package tests.waste.flag_orphaned_snapshot

import data.elava.waste
import data.lib.samples

orphan := samples.knowing(
	samples.sound("snapshot"),
	{"gone_refs": ["arn:aws:ec2:eu-west-1:210000000001:volume/vol-1"]},
)

test_its_volume_is_gone if {
	waste.flag_orphaned_snapshot == {concat("", [
		"Its volume vol-1 is gone, made on 2026-11-01: ",
		"delete it, or tag it elava_blessed=<why>",
	])} with input as orphan
}

test_young if count(waste.flag_orphaned_snapshot) == 0 with input as samples.knowing(orphan, {"resource_age_days": 14})

test_left_alone if {
	every fields in [
		{"description": "Created by CreateImage(i-1) for ami-1"},
		{"description": "Copied for DestinationAmi ami-1 from SourceAmi ami-2"},
		{"storage_tier": "archive"},
		{"tags": {"aws:dlm:lifecycle-policy-id": "policy-1"}},
		{"tags": {"elava_blessed": "legal hold"}},
	] {
		count(waste.flag_orphaned_snapshot) == 0 with input as object.union(orphan, {"resource": fields})
	}
}
