package tests.security.keys

import data.elava.security
import data.lib.samples

still := samples.having("kms", {"rotation": false})

test_not_rotated if security.flag_no_rotation == {"KMS does not renew it: turn on automatic rotation"} with input as still

test_cannot_be_rotated if {
	every field, value in {"manager": "AWS", "origin": "EXTERNAL", "key_spec": "RSA_2048", "enabled": false} {
		count(security.flag_no_rotation) == 0 with input as object.union(still, {"resource": {field: value}})
	}
}

test_to_be_deleted if {
	security.flag_key_deletion == {concat("", [
		"It will be deleted on 2026-12-01: ",
		"cancel that, unless nothing is encrypted with it",
	])} with input as samples.having("kms", {"deletion_at": "2026-12-01T00:00:00.000Z"})
}
