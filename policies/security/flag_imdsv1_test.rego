package tests.security.flag_imdsv1

import data.elava.security
import data.lib.samples

v1 := samples.having("ec2", {"imdsv2_required": false})

test_v1 if {
	security.flag_imdsv1 == {"IMDSv1 is on: set HttpTokens to required in its metadata options"} with input as v1
}

test_v2 if count(security.flag_imdsv1) == 0 with input as samples.sound("ec2")

test_off if {
	given := object.union(v1, {"resource": {"metadata": {"MetadataOptions": {"HttpEndpoint": "disabled"}}}})
	count(security.flag_imdsv1) == 0 with input as given
}
