package tests.security.flag_unencrypted

import data.elava.security
import data.lib.samples

test_each_type_says_how if {
	hows := {
		"ebs": "snapshot it, copy the snapshot with encryption, and swap the volume for one made from the copy",
		"snapshot": "copy it with encryption and delete this one",
		"rds": "copy a snapshot with encryption and restore that",
		"s3": "turn on default encryption",
	}
	every type, how in hows {
		security.flag_unencrypted == {$"Not encrypted at rest: {how}"} with input as samples.having(type, {"encrypted": false})
	}
}

test_encrypted if {
	every type in samples.types {
		count(security.flag_unencrypted) == 0 with input as samples.sound(type)
	}
}

test_an_unknown_setting if count(security.flag_unencrypted) == 0 with input as samples.lacking("s3", ["encrypted"])
