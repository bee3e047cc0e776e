package elava.compliance

import data.lib.origin

# METADATA
# title: Store in prod that one call deletes
# description: Deletion protection of the database or table is off. Members of a cluster are left out, the cluster has it.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
# - ref: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
# custom:
#   severity: medium
#   remediation: Turn on deletion protection.
flag_deletable contains $"Deletion protection is off: turn it on{origin.note}" if {
	input.resource.type in {"aurora", "dynamodb", "rds"}
	input.environment == "prod"
	input.resource.deletion_protection == false
	not input.resource.cluster
}
