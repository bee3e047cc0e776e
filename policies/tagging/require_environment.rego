# METADATA
# title: Tagging
# description: Tags that other policies, bills and the people on call rely on.
# related_resources:
# - ref: https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html
package elava.tagging

import data.lib.origin
import data.lib.tags

# METADATA
# title: Environment is not told
# description: >-
#   Neither a tag, nor the account, nor the configuration tells the environment, so the default policies judge the resource
#   and not those that are meant for it.
# custom:
#   severity: low
#   remediation: Add the tag environment, or give the account an environment in elava.yaml.
require_environment contains reason if {
	input.environment == "default"
	not tags.names_environment
	not origin.made_by_aws
	account := input.resource.account
	reason := $"Nothing tells its environment: add the tag environment, or give account {account} one in elava.yaml{origin.note}"
}
