package elava.waste

import data.lib.origin

# METADATA
# title: Disk or snapshot that failed
# description: Nothing can be read from a volume or snapshot in the state error, and it does not recover.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-describing-volumes.html
# custom:
#   severity: medium
#   remediation: Delete it, and restore from an earlier snapshot what is needed.
flag_failed_storage contains $"Its state is error and it does not recover: delete it, and restore what is needed{origin.note}" if {
	input.resource.status == "error"
	input.resource.type in {"ebs", "snapshot"}
}
