package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Role that nobody assumes
# description: >-
#   A role that nobody has assumed for 90 days, or never since it was made, is a door without a purpose. IAM remembers the last
#   use for 400 days. Roles of AWS itself are left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
# custom:
#   severity: medium
#   remediation: Remove it, or tag it elava_blessed with the reason, as a break-glass role.
flag_unused_role contains reason if {
	input.resource.type == "iam_role"
	input.context.resource_age_days > 90
	not origin.made_by_aws
	not tags.blessed
	unused := _unused(input.resource)
	reason := $"{unused}: remove it, or tag it elava_blessed=<why>{origin.note}"
}

_unused(role) := $"Nobody has assumed it since {days.date(role.last_used)}" if {
	days.since(role.last_used) > 90
} else := "Nobody has ever assumed it" if {
	role.last_used == ""
}
