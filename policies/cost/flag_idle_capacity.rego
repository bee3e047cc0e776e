package elava.cost

import data.lib.origin

# METADATA
# title: Capacity provisioned for nothing
# description: >-
#   A DynamoDB table pays for reads and writes by the hour while it holds no items, or, outside of prod, for 50 units or more.
#   On demand it pays for what is used.
# related_resources:
# - ref: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
# custom:
#   severity: low
#   remediation: Change the table to on-demand capacity.
flag_idle_capacity contains reason if {
	input.resource.type == "dynamodb"
	input.resource.billing_mode == "PROVISIONED"
	units := input.resource.read_capacity + input.resource.write_capacity
	why := _why(input.resource, input.environment, units)
	reason := $"{units} units provisioned {why}: change it to on-demand{origin.note}"
}

_why(table, environment, units) := "for a table without items" if {
	table.item_count == 0
	units > 0
} else := $"in {environment}" if {
	not environment in {"prod", "default"}
	units >= 50
}
