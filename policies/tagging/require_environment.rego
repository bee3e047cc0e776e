# METADATA
# title: Tagging
# description: Tags that other policies, bills and the people on call rely on.
# related_resources:
# - ref: https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html
package elava.tagging

import data.lib.origin
import data.lib.tags
import data.lib.teams

# METADATA
# title: Environment tag is missing
# description: >-
#   Only the account tells the environment, which bills and people on call do not see. Asked of what a team runs. Where nothing
#   tells it, see elava.ownership.flag_no_environment.
# custom:
#   severity: low
#   remediation: Add the tag environment.
require_environment contains reason if {
	not tags.names_environment
	input.resource.type in teams.runs
	input.environment != "default"
	reason := $"Only its account tells its environment: add environment={input.environment}{origin.note}"
}
