package elava.cost

import data.lib.origin
import data.lib.teams

# METADATA
# title: Cost goes to nobody
# description: >-
#   None of the usual tags says to which cost centre, project or budget it belongs, so its cost is spread over all. Asked of what
#   is charged for by itself; disks and snapshots go with it.
# related_resources:
# - ref: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html
# custom:
#   severity: low
#   remediation: Add the tag cost-center, and activate it as a cost allocation tag.
flag_unallocated contains $"No tag says who pays for it: add cost-center=<number>{origin.note}" if {
	input.resource.type in teams.runs
	not _allocated(input.resource.tags)
}

_allocated(tags) if {
	some key in [
		"cost-center", "cost_center", "CostCenter", "costcenter", "cost-centre", "budget", "Budget", "project", "Project",
		"application", "Application", "aws:servicecatalog:applicationName", "awsApplication",
	]
	tags[key] != ""
}
