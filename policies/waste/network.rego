package elava.waste

import data.lib.origin
import data.lib.tags

# METADATA
# title: Address that nothing uses
# description: An Elastic IP address of more than three days that is associated with nothing. It is charged for by the hour.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
# custom:
#   severity: low
#   remediation: Release it, or tag it elava_blessed with the reason.
flag_free_address contains reason if {
	input.resource.type == "eip"
	input.resource.associated == false
	input.context.resource_age_days > 3
	not tags.blessed
	not origin.made_by_aws
	reason := $"Associated with nothing: release it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: Network interface that nothing uses
# description: Attached to nothing for more than three days. Those that a service made and keeps are left out.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
# custom:
#   severity: low
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_free_interface contains reason if {
	input.resource.type == "eni"
	input.resource.attached == false
	input.context.resource_age_days > 3
	not _attached_lately(input.history, input.context)
	not tags.blessed
	not origin.made_by_aws
	reason := $"Attached to nothing: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: Load balancer that forwards to nothing
# description: >-
#   Its listeners could be read, and it has no target group, or no instance if it is of the older generation. It is charged for by
#   the hour. One that only redirects is meant so: bless it.
# related_resources:
# - ref: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/what-is-load-balancing.html
# custom:
#   severity: medium
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_idle_balancer contains reason if {
	_targets(input.resource) == []
	input.context.resource_age_days > 3
	not tags.blessed
	reason := $"It forwards to nothing: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: Target group that nothing forwards to
# description: No load balancer uses it for more than two weeks. It costs nothing, and hides what is in use.
# related_resources:
# - ref: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
# custom:
#   severity: info
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_free_target_group contains reason if {
	input.resource.type == "target_group"
	input.resource.used == false
	input.context.resource_age_days > 14
	not tags.blessed
	reason := $"No load balancer forwards to it: delete it, or tag it elava_blessed=<why>{origin.note}"
}

# METADATA
# title: NAT gateway that could not be made
# description: It failed and does nothing; what was to go through it does not. AWS removes it by itself only after about an hour.
# related_resources:
# - ref: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
# custom:
#   severity: medium
#   remediation: Mend what its message says, make it anew, and delete this one.
flag_failed_gateway contains $"It could not be made ({why}): make it anew{origin.note}" if {
	input.resource.type == "nat_gateway"
	input.resource.status == "failed"
	why := object.get(input.resource, "failure", "AWS does not say why")
}

# METADATA
# title: Zone without a record
# description: A hosted zone that holds nothing but its own NS and SOA, for more than 30 days.
# related_resources:
# - ref: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html
# custom:
#   severity: low
#   remediation: Delete it, or tag it elava_blessed with the reason.
flag_empty_zone contains reason if {
	input.resource.type == "route53"
	input.resource.records <= 2
	input.resource.records >= 0
	input.context.resource_age_days > 30
	not tags.blessed
	not origin.made_by_aws
	reason := $"It holds no record of yours: delete it, or tag it elava_blessed=<why>{origin.note}"
}

_targets(resource) := resource.target_group_ids if {
	resource.type == "elb"
	count(resource.listeners) >= 0
}

_targets(resource) := resource.instance_ids if resource.type == "elb_classic"
