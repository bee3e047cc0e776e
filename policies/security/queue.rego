package elava.security

import data.lib.origin
import data.lib.tags

# METADATA
# title: Queue that anybody can use
# description: Its policy lets every principal in, so strangers can read, send or delete messages.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
# custom:
#   severity: high
#   remediation: Name the accounts and roles in its policy, or a condition such as aws:SourceArn.
deny_public_queue contains reason if {
	input.resource.type == "sqs"
	input.resource.public == true
	not tags.says_yes("approved_public")
	reason := $"Its policy lets everybody in: name who may use it, or tag it approved_public=<why>{origin.note}"
}
