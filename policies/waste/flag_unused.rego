package elava.waste

import data.lib.days
import data.lib.origin
import data.lib.tags

# METADATA
# title: Runs, but nothing uses it
# description: >-
#   No use for longer than is usual for the type: 14 days for instances, databases, caches, gateways and load balancers,
#   30 for tables and queues, 90 for functions, which may be there for the quarter's report. Says nothing where the last use is not known.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
# custom:
#   severity: medium
#   remediation: Stop or remove it, or tag it elava_blessed with the reason.
flag_unused contains reason if {
	input.context.last_used_days > _usual(input.resource.type)
	not input.resource.status in {"stopped", "terminated"}
	not tags.blessed
	unused := days.more_than(input.context.last_used_days)
	reason := $"Not used for {unused}: stop or remove it, or tag it elava_blessed=<why>{origin.note}"
}

_usual(type) := {
	"aurora": 14,
	"dynamodb": 30,
	"ec2": 14,
	"elasticache": 14,
	"elb": 14,
	"elb_classic": 14,
	"lambda": 90,
	"nat_gateway": 14,
	"rds": 14,
	"sqs": 30,
}[type]
