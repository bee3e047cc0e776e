package elava.cost

import data.lib.origin

# METADATA
# title: Logs that are kept for ever
# description: The log group has no retention, so its cost only grows.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
# custom:
#   severity: low
#   remediation: Set a retention; what must be kept for years is cheaper in a bucket.
flag_endless_logs contains $"Its logs are kept for ever: set a retention{origin.note}" if {
	input.resource.type == "log_group"
	input.resource.retention_days == 0
}
