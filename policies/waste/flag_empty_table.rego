package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Table with nothing in it
# description: >-
#   A DynamoDB table older than 30 days without items. Tables of locks are left out, being empty when all is well. DynamoDB
#   counts the items every six hours.
# related_resources:
# - ref: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
# custom:
#   severity: low
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_empty_table contains reason if {
	input.resource.type == "dynamodb"
	input.resource.item_count == 0
	input.context.resource_age_days > 30
	not contains(lower(input.resource.name), "lock")
	not tags.blessed
	reason := $"Empty, {days.age}: delete it, or tag it elava_blessed=<why>{origin.note}"
}
