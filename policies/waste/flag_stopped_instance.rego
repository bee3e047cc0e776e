# METADATA
# title: Waste
# description: >-
#   What nobody uses, by what can be observed: states, ages, last uses. Nothing here guesses a price, and what is tagged
#   elava_blessed is left alone.
package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Instance stopped for more than a week
# description: >-
#   A stopped instance keeps its disks and addresses. Instances of an Auto Scaling group are left out: a warm pool is stopped
#   on purpose.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
# custom:
#   severity: medium
#   remediation: Terminate it, start it, or tag it elava_blessed with the reason.
flag_stopped_instance contains reason if {
	input.resource.type == "ec2"
	input.resource.status == "stopped"
	not tags.blessed
	not input.resource.tags["aws:autoscaling:groupName"]
	stopped := _stopped(input.resource, input.context)
	reason := $"Stopped {stopped}: terminate it, start it, or tag it elava_blessed=<why>{origin.note}"
}

# EC2 tells when an instance was stopped, also when that was before the first scan. Without it there is only what was seen.
_stopped(resource, context) := $"since {days.date(resource.stopped_since)}" if {
	days.since(resource.stopped_since) > 7
} else := $"for {days.more_than(context.state_since_days)}" if {
	context.state_since_days > 7
}
