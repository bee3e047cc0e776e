package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Old image that nothing was started from
# description: >-
#   A machine image older than 180 days from which nothing was started in the last 90, so far as EC2 tells. Its snapshots are charged
#   for. Images of a backup plan are left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-last-launched-time.html
# custom:
#   severity: low
#   remediation: Deregister it and delete its snapshots, or tag it elava_blessed with the reason.
flag_old_image contains reason if {
	input.resource.type == "ami"
	input.context.resource_age_days > 180
	not _used_within(input.context, 90)
	not origin.kept_by_plan
	not tags.blessed
	reason := $"More than 180 days old, {days.age}, and nothing is started from it: deregister it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: Cluster that runs nothing
# description: An ECS cluster with no service, task or instance for more than two weeks.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
# custom:
#   severity: info
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_empty_cluster contains reason if {
	input.resource.type == "ecs"
	input.resource.services == 0
	input.resource.running_tasks == 0
	input.resource.container_instances == 0
	input.context.resource_age_days > 14
	not tags.blessed
	reason := $"It runs nothing: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: Key that is turned off
# description: A KMS key of yours that has been disabled for more than 30 days is charged for as ever.
# related_resources:
# - ref: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
# custom:
#   severity: low
#   remediation: Schedule its deletion when nothing is encrypted with it, or tag it elava_blessed with the reason.
flag_disabled_key contains reason if {
	input.resource.type == "kms"
	input.resource.status == "Disabled"
	input.resource.manager == "CUSTOMER"
	input.context.state_since_days > 30
	not tags.blessed
	reason := $"Disabled for more than 30 days: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# An unknown use is null, which compares as less than any number.
_used_within(context, most) if {
	is_number(context.last_used_days)
	context.last_used_days <= most
}
