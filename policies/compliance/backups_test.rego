package tests.compliance.backups

import data.elava.compliance
import data.lib.samples

database(fields) := samples.having("rds", fields)

spoken contains name if {
	some name in ["deny_no_backups", "flag_short_backups", "flag_single_zone", "flag_no_recovery", "flag_no_versions"]
	count(compliance[name]) > 0
}

test_no_backups if {
	reason := "No backups are taken: set the retention period to 7 days or more"
	compliance.deny_no_backups == {reason} with input as database({"backup_retention_days": 0})
	spoken == {"deny_no_backups"} with input as database({"backup_retention_days": 0})
}

test_short_backups if {
	reason := "Backups are kept for 6 days: set the retention period to 7 or more"
	compliance.flag_short_backups == {reason} with input as database({"backup_retention_days": 6})
	spoken == {"flag_short_backups"} with input as database({"backup_retention_days": 6})
}

test_a_week_of_backups if spoken == set() with input as database({"backup_retention_days": 7})

test_one_zone if {
	reason := "It has no standby in another zone: turn on Multi-AZ"
	compliance.flag_single_zone == {reason} with input as database({"multi_az": false})
}

weak := {"backup_retention_days": 0, "multi_az": false}

short := {"backup_retention_days": 3}

test_a_cluster_has_them_for_its_members if {
	every fields in [weak, short] {
		spoken == set() with input as database(object.union(fields, {"cluster": "shop"}))
	}
}

test_a_replica_has_its_source if {
	source := {"metadata": {"ReadReplicaSourceDBInstanceIdentifier": "shop"}}
	every fields in [weak, short] {
		spoken == set() with input as database(object.union(fields, source))
	}
}

test_outside_of_prod if {
	table := samples.having("dynamodb", {"point_in_time_recovery": false})
	every given in [database(weak), database(short), table, unversioned("pii")] {
		spoken == set() with input as samples.within(given, "dev")
	}
}

test_no_recovery if {
	given := samples.having("dynamodb", {"point_in_time_recovery": false})
	compliance.flag_no_recovery == {"Point-in-time recovery is off: turn it on"} with input as given
}

test_an_unknown_recovery if spoken == set() with input as samples.lacking("dynamodb", ["point_in_time_recovery"])

unversioned(class) := object.union(
	samples.having("s3", {"versioning": false}),
	{"resource": {"tags": {"data-classification": class}}},
)

test_no_versions if {
	reason := "It holds pii data without versions: turn on versioning"
	compliance.flag_no_versions == {reason} with input as unversioned("pii")
}

test_logs_need_no_versions if spoken == set() with input as unversioned("internal")

test_classified_with_versions if {
	spoken == set() with input as samples.tagged("s3", {"data-classification": "pii"})
}
