package elava.security

import data.lib.days
import data.lib.origin

# METADATA
# title: Key that is never renewed
# description: >-
#   Automatic rotation is off for a symmetric key that KMS made. Keys that were imported, asymmetric ones, and those for signing
#   cannot be rotated by KMS and are left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
# custom:
#   severity: medium
#   remediation: Turn on automatic rotation; what was encrypted before can still be read.
flag_no_rotation contains $"KMS does not renew it: turn on automatic rotation{origin.note}" if {
	input.resource.type == "kms"
	input.resource.rotation == false
	input.resource.enabled == true
	input.resource.manager == "CUSTOMER"
	input.resource.origin == "AWS_KMS"
	input.resource.key_spec == "SYMMETRIC_DEFAULT"
}

# METADATA
# title: Key that will be deleted
# description: What is encrypted with it can be read by nobody after that day, and no support case brings it back.
# related_resources:
# - ref: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
# custom:
#   severity: high
#   remediation: Make sure that nothing needs it, or cancel the deletion.
flag_key_deletion contains reason if {
	input.resource.type == "kms"
	at := days.date(input.resource.deletion_at)
	at != ""
	reason := $"It will be deleted on {at}: cancel that, unless nothing is encrypted with it{origin.note}"
}
