package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Snapshot of a volume that is gone
# description: >-
#   The volume that it was made from was deleted, as a complete scan since then tells, and the snapshot is older than two weeks.
#   Snapshots of images, of backup plans and in the archive tier are left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-deleting-snapshot.html
# custom:
#   severity: low
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_orphaned_snapshot contains reason if {
	input.resource.type == "snapshot"
	count(input.context.gone_refs) > 0
	input.context.resource_age_days > 14
	not _of_an_image(input.resource)
	not input.resource.storage_tier == "archive"
	not origin.kept_by_plan
	not tags.blessed
	volume := input.resource.volume_id
	reason := $"Its volume {volume} is gone, {days.age}: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# As EC2 describes what it makes for images, which cannot be deleted while these are registered.
_of_an_image(resource) if {
	some beginning in ["Created by CreateImage(", "Copied for DestinationAmi "]
	startswith(resource.description, beginning)
}
