package tests.compliance.encryption

import data.elava.compliance
import data.lib.samples

test_a_database_in_prod if {
	compliance.deny_unencrypted_database == {concat("", [
		"A database in prod must be encrypted: ",
		"copy a snapshot with encryption and restore that",
	])} with input as samples.having("rds", {"encrypted": false})
}

test_a_database_elsewhere if {
	given := samples.within(samples.having("rds", {"encrypted": false}), "staging")
	count(compliance.deny_unencrypted_database) == 0 with input as given
}

test_an_encrypted_database if count(compliance.deny_unencrypted_database) == 0 with input as samples.sound("rds")

classified(type, fields, class) := object.union(
	samples.having(type, fields),
	{"resource": {"tags": {"data-classification": class}}},
)

test_classified_in_the_clear if {
	every type in ["ebs", "snapshot", "rds", "s3"] {
		given := samples.within(classified(type, {"encrypted": false}, "Confidential"), "dev")
		compliance.deny_classified_unencrypted == {concat("", [
			"It holds confidential data in the clear: ",
			"encrypt it, or correct the tag",
		])} with input as given
	}
}

test_internal_in_the_clear if {
	given := classified("s3", {"encrypted": false}, "internal")
	count(compliance.deny_classified_unencrypted) == 0 with input as given
}

test_classified_and_public if {
	bucket := object.union(
		classified("s3", {"public_read": true}, "pii"),
		{"resource": {"tags": {"approved_public": "www"}}},
	)
	reason := "It holds pii data and is public: close it, or correct the tag"
	compliance.deny_classified_public == {reason} with input as bucket
	database := classified("rds", {"publicly_accessible": true}, "pii")
	compliance.deny_classified_public == {reason} with input as samples.within(database, "dev")
	compliance.deny_classified_public == {reason} with input as classified("sqs", {"public": true}, "pii")
}

test_classified_and_private if {
	count(compliance.deny_classified_public) == 0 with input as classified("s3", {}, "pii")
	count(compliance.deny_classified_public) == 0 with input as classified("rds", {}, "pii")
}

test_public_and_not_classified if {
	count(compliance.deny_classified_public) == 0 with input as samples.having("s3", {"public_read": true})
}

test_restricted_under_a_key_of_aws if {
	compliance.flag_restricted_key == {concat("", [
		"It holds restricted data under a key of AWS: ",
		"use a KMS key of your own",
	])} with input as classified("s3", {}, "restricted")
}

test_restricted_under_its_own_key if {
	count(compliance.flag_restricted_key) == 0 with input as classified("rds", {}, "restricted")
}

test_confidential_under_a_key_of_aws if {
	count(compliance.flag_restricted_key) == 0 with input as classified("s3", {}, "confidential")
}

test_classified_and_encrypted if {
	count(compliance.deny_classified_unencrypted) == 0 with input as classified("ebs", {}, "pii")
}

test_what_is_not_encrypted_has_no_key if {
	given := classified("s3", {"encrypted": false}, "restricted")
	count(compliance.flag_restricted_key) == 0 with input as given
}
