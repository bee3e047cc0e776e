package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Database stopped for more than three days
# description: RDS starts a stopped database by itself after seven days, and whoever wants it off for longer has to know.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
# custom:
#   severity: low
#   remediation: Take a final snapshot and delete it, or start it.
flag_stopped_database contains reason if {
	input.resource.type == "rds"
	input.resource.status == "stopped"
	not tags.blessed
	stopped := days.more_than(input.context.state_since_days)
	reason := $"Stopped for {stopped}, and AWS starts it after 7: take a final snapshot and delete it, or start it{origin.note}"
}
