package elava.cost

import data.lib.origin
import data.lib.tags

# METADATA
# title: Standby database outside of prod
# description: >-
#   A Multi-AZ instance runs a second one that nothing reads from. Staging may need it to try a failover; then bless it.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
# custom:
#   severity: low
#   remediation: Turn Multi-AZ off, or tag it elava_blessed with the reason.
flag_multi_az_outside_prod contains reason if {
	input.resource.type == "rds"
	input.resource.multi_az == true
	not input.environment in {"prod", "default"}
	not tags.blessed
	reason := $"Multi-AZ in {input.environment}: turn it off, or tag it elava_blessed=<why>{origin.note}"
}
