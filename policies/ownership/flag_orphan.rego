package elava.ownership

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Orphan
# description: >-
#   Nobody has claimed it for more than 30 days. A volume in use has the owner of its instance, and what a backup plan keeps
#   that of what it backs up.
# custom:
#   severity: medium
#   remediation: Find who needs it and tag it with an owner, tag it temporary, or remove it.
flag_orphan contains reason if {
	not tags.owned
	input.context.resource_age_days > 30
	not origin.made_by_aws
	not origin.kept_by_plan
	not _in_use(input.resource)
	not tags.says_yes("temporary")
	reason := $"Nobody has claimed it, {days.age}: tag it with its owner, or remove it{origin.note}"
}

_in_use(resource) if {
	resource.type == "ebs"
	resource.status == "in-use"
}
