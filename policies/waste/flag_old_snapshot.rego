package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Snapshot older than 90 days
# description: >-
#   No backup plan will remove it. Snapshots in the archive tier are left out: they were put there to be kept.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html
# custom:
#   severity: low
#   remediation: Delete it, give it to a lifecycle policy, or tag it elava_blessed with the reason.
flag_old_snapshot contains reason if {
	input.resource.type == "snapshot"
	input.context.resource_age_days > 90
	not _used_lately(input.context)
	not input.resource.storage_tier == "archive"
	not origin.kept_by_plan
	not tags.blessed
	reason := $"More than 90 days old, {days.age}, and no plan removes it: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# An unknown use is null, which compares as less than any number.
_used_lately(context) if {
	is_number(context.last_used_days)
	context.last_used_days <= 30
}
