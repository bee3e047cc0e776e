# METADATA
# title: Ownership
# description: Every resource has somebody to ask and an environment where it belongs, and tags tell both.
# related_resources:
# - ref: https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html
package elava.ownership

import data.lib.origin
import data.lib.tags
import data.lib.teams

# METADATA
# title: Owner is missing
# description: >-
#   What a team runs has no owner tag. Disks, snapshots, groups and roles serve one of these; they are flagged as orphans when
#   they grow old unclaimed.
# custom:
#   severity: medium
#   remediation: Add the tag owner with the name of a team or a person.
require_owner contains $"No owner: add the tag owner=<team or person>{origin.note}" if {
	not tags.owned
	input.resource.type in teams.runs
	count(tags.placeholders) == 0
}
