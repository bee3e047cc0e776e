package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Volume that nothing uses
# description: >-
#   An EBS volume older than three days that is attached to no instance and was not seen attached within the last three. For how
#   long it was free before the first scan is not known, so until then its age counts.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-detaching-volume.html
# custom:
#   severity: medium
#   remediation: Take a snapshot and delete it, or tag it elava_blessed with the reason.
flag_unattached_volume contains reason if {
	input.resource.type == "ebs"
	input.resource.status == "available"
	input.context.resource_age_days > 3
	not _attached_lately(input.history, input.context)
	not tags.blessed
	reason := $"Attached to nothing, {days.age}: snapshot and delete it, or tag it elava_blessed=<why>{origin.note}"
}

_attached_lately(history, context) if {
	context.state_since_days <= 3
	some earlier in history
	earlier.status == "in-use"
}
