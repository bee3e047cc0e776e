package elava.compliance

import data.lib.origin

# METADATA
# title: Cluster in prod without an audit log
# description: Who did what in Kubernetes is not kept, so nobody can tell afterwards.
# related_resources:
# - ref: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
# custom:
#   severity: medium
#   remediation: Turn on the audit and authenticator logs of the control plane.
flag_no_audit_log contains $"Its control plane keeps no audit log: turn it on{origin.note}" if {
	input.resource.type == "eks"
	input.environment == "prod"
	is_array(input.resource.log_types)
	not "audit" in input.resource.log_types
}

# METADATA
# title: Logs in prod that are soon gone
# description: The log group keeps less than 30 days, which is less than it takes to notice most break-ins.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
# custom:
#   severity: low
#   remediation: Keep 30 days or more, or export the logs to a bucket.
flag_short_logs contains reason if {
	input.resource.type == "log_group"
	input.environment == "prod"
	days := input.resource.retention_days
	days > 0
	days < 30
	reason := $"Its logs are kept for {days} days: keep 30 or more{origin.note}"
}
