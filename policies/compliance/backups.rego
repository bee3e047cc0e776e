package elava.compliance

import data.lib.classified
import data.lib.origin

# METADATA
# title: Database in prod without backups
# description: >-
#   Automatic backups are off, so there is no point in time to go back to. Replicas are left out, whose source is backed up, and
#   members of a cluster, which is backed up as a whole.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
# custom:
#   severity: high
#   remediation: Set the backup retention period to 7 days or more.
deny_no_backups contains $"No backups are taken: set the retention period to 7 days or more{origin.note}" if {
	_stands_alone(input.resource)
	input.environment == "prod"
	input.resource.backup_retention_days == 0
}

# METADATA
# title: Database in prod with short backups
# description: Automatic backups are kept for less than a week, which a fault made on a Friday outlives.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
# custom:
#   severity: medium
#   remediation: Set the backup retention period to 7 days or more.
flag_short_backups contains reason if {
	_stands_alone(input.resource)
	input.environment == "prod"
	days := input.resource.backup_retention_days
	days > 0
	days < 7
	reason := $"Backups are kept for {days} days: set the retention period to 7 or more{origin.note}"
}

# METADATA
# title: Database in prod in one zone
# description: It has no standby, so the loss of its zone is an outage. The same are left out as for backups.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
# custom:
#   severity: medium
#   remediation: Turn on Multi-AZ.
flag_single_zone contains $"It has no standby in another zone: {how}{origin.note}" if {
	_stands_alone(input.resource)
	input.environment == "prod"
	input.resource.multi_az == false
	how := {"aurora": "add a reader there", "rds": "turn on Multi-AZ"}[input.resource.type]
}

# METADATA
# title: Table in prod without point-in-time recovery
# description: A DynamoDB table whose items cannot be brought back after a wrong write.
# related_resources:
# - ref: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
# custom:
#   severity: medium
#   remediation: Turn on point-in-time recovery.
flag_no_recovery contains $"Point-in-time recovery is off: turn it on{origin.note}" if {
	input.resource.type == "dynamodb"
	input.environment == "prod"
	input.resource.point_in_time_recovery == false
}

# METADATA
# title: Classified bucket in prod without versions
# description: >-
#   Confidential data that are overwritten or deleted are gone. Other buckets are not asked for it, as logs and build results need
#   none.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
# custom:
#   severity: medium
#   remediation: Turn on versioning, with a lifecycle rule for old versions.
flag_no_versions contains $"It holds {classified.class} data without versions: turn on versioning{origin.note}" if {
	input.resource.type == "s3"
	input.environment == "prod"
	input.resource.versioning == false
	classified.class
}

# No replica, and no member of a cluster; a cluster itself does.
_stands_alone(resource) if resource.type == "aurora"

_stands_alone(resource) if {
	resource.type == "rds"
	not resource.cluster
	not resource.metadata.ReadReplicaSourceDBInstanceIdentifier
}
