package elava.ownership

import data.lib.origin
import data.lib.tags
import data.lib.teams

# METADATA
# title: Environment is not told
# description: >-
#   Neither a tag nor the account tells where it belongs, so the default policies judge it and not those that are meant for it.
#   Asked of what a team runs.
# custom:
#   severity: low
#   remediation: Add the tag environment, or give the account an environment in elava.yaml.
flag_no_environment contains reason if {
	input.environment == "default"
	input.resource.type in teams.runs
	not tags.names_environment
	account := input.resource.account
	reason := $"Nothing tells its environment: add the tag environment, or give account {account} one in elava.yaml{origin.note}"
}
