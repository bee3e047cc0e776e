# METADATA
# title: Where a resource comes from
# description: Who made it, what manages it and who changed it last, which decides whom a finding is for.
package lib.origin

default made_by_aws := false

# METADATA
# description: True for what AWS makes by itself. Nobody can own, tag or remove it.
made_by_aws if input.resource.provider_owned == true

made_by_aws if {
	input.resource.type == "security_group"
	input.resource["default"] == true
}

made_by_aws if {
	input.resource.type == "iam_role"
	input.resource.service_linked == true
}

# Roles of the IAM Identity Center.
made_by_aws if {
	input.resource.type == "iam_role"
	startswith(input.resource.path, "/aws-reserved/")
}

# What a service keeps for itself, default VPCs with their subnets, and the keys of services.
made_by_aws if {
	input.resource.type == "eni"
	input.resource.requester_managed == true
}

made_by_aws if {
	input.resource.type in {"subnet", "vpc"}
	input.resource["default"] == true
}

made_by_aws if {
	input.resource.type == "kms"
	input.resource.manager == "AWS"
}

default kept_by_plan := false

# METADATA
# description: True for what a backup plan made; the plan removes it again.
kept_by_plan if input.resource.tags["aws:backup:source-resource"]

kept_by_plan if input.resource.tags["aws:dlm:lifecycle-policy-id"]

default note := ""

# METADATA
# description: >-
#   What manages the resource and who changed it last, to be put at the end of a reason. A change by hand to what a tool
#   manages is undone by the tool's next run.
note := $" ({concat("; ", parts)})" if {
	parts := array.concat(_manager, _changer)
	count(parts) > 0
}

default _manager := []

_manager := [$"managed by the CloudFormation stack {stack}: change it there"] if {
	stack := input.resource.tags["aws:cloudformation:stack-name"]
} else := [$"made by the Auto Scaling group {group}: change it there"] if {
	group := input.resource.tags["aws:autoscaling:groupName"]
} else := [$"managed by {tool}: change it there"] if {
	some key in ["managed-by", "managed_by", "ManagedBy"]
	tool := input.resource.tags[key]
	not lower(tool) in {"", "console", "hand", "manual", "none"}
}

default _changer := []

_changer := [$"last changed by {input.attribution.actor}"] if input.attribution.actor != ""
