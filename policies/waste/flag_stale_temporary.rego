package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Temporary for too long
# description: Tagged temporary, and older than 90 days.
# custom:
#   severity: low
#   remediation: Remove it, or take the tag off and give it an owner.
flag_stale_temporary contains reason if {
	tags.says_yes("temporary")
	input.context.resource_age_days > 90
	reason := $"Tagged temporary, but {days.age}: remove it, or take the tag temporary off{origin.note}"
}
