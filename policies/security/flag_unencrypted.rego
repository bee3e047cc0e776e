package elava.security

import data.lib.origin

# METADATA
# title: Not encrypted at rest
# description: >-
#   A volume, snapshot, image, database, cache, bucket or queue whose data lie in the clear. Tables of DynamoDB always are encrypted, and buckets
#   since January 2023.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
# custom:
#   severity: medium
#   remediation: Copy a snapshot of it with encryption and put the copy in its place; turn on encryption by default.
flag_unencrypted contains $"Not encrypted at rest: {how}{origin.note}" if {
	input.resource.encrypted == false
	how := _how(input.resource.type)
}

_how(type) := {
	"ami": "copy it with encryption, use the copy and deregister this one",
	"aurora": "restore a snapshot of it with encryption",
	"ebs": "snapshot it, copy the snapshot with encryption, and swap the volume for one made from the copy",
	"snapshot": "copy it with encryption and delete this one",
	"elasticache": "make a new one with encryption from a backup",
	"rds": "copy a snapshot with encryption and restore that",
	"s3": "turn on default encryption",
	"sqs": "turn on encryption with SQS's own keys, which costs nothing",
}[type]
