package tests.ownership.flag_orphan

import data.elava.ownership
import data.lib.samples

orphan(type) := samples.untagged(type)

test_unclaimed_for_more_than_30_days if {
	ownership.flag_orphan == {"Nobody has claimed it, made on 2025-10-16: tag it with its owner, or remove it"} with input as orphan("rds")
}

test_what_does_not_tell_its_age_was_watched if {
	reason := "Nobody has claimed it, known for more than 365 days: tag it with its owner, or remove it"
	ownership.flag_orphan == {reason} with input as orphan("lambda")
	ownership.flag_orphan == {reason} with input as orphan("security_group")
}

test_young if count(ownership.flag_orphan) == 0 with input as samples.knowing(orphan("rds"), {"resource_age_days": 30})

test_owned if count(ownership.flag_orphan) == 0 with input as samples.sound("rds")

test_temporary if {
	given := samples.having("rds", {"tags": {"owner": "", "temporary": "migration"}})
	count(ownership.flag_orphan) == 0 with input as given
}

test_temporary_false if {
	given := samples.having("rds", {"tags": {"owner": "", "temporary": "false"}})
	count(ownership.flag_orphan) == 1 with input as given
}

test_a_volume_in_use_is_its_instances if count(ownership.flag_orphan) == 0 with input as orphan("ebs")

test_a_free_volume_is_nobodys if {
	given := object.union(orphan("ebs"), {"resource": {"status": "available"}})
	count(ownership.flag_orphan) == 1 with input as given
}

test_kept_by_a_plan if {
	tags := {"aws:backup:source-resource": "vol-1:x"}
	given := samples.knowing(samples.having("snapshot", {"tags": tags}), {"resource_age_days": 80})
	count(ownership.flag_orphan) == 0 with input as given
}

test_made_by_aws if {
	given := object.union(orphan("security_group"), {"resource": {"default": true}})
	count(ownership.flag_orphan) == 0 with input as given
}

test_in_use_says_nothing_of_other_types if {
	given := object.union(orphan("rds"), {"resource": {"status": "in-use"}})
	count(ownership.flag_orphan) == 1 with input as given
}
