package tests.waste.flag_unattached_volume

import data.elava.waste
import data.lib.samples

free := samples.having("ebs", {"status": "available", "attached": false, "attachments": []})

test_attached_to_nothing if {
	waste.flag_unattached_volume == {concat("", [
		"Attached to nothing, made on 2025-10-16: ",
		"snapshot and delete it, or tag it elava_blessed=<why>",
	])} with input as free
}

test_free_since_the_first_scan if {
	count(waste.flag_unattached_volume) == 1 with input as samples.knowing(free, {"state_since_days": 0})
}

test_detached_yesterday if {
	given := samples.once(samples.knowing(free, {"state_since_days": 1}), [{"status": "in-use"}])
	count(waste.flag_unattached_volume) == 0 with input as given
}

test_detached_last_week if {
	given := samples.once(samples.knowing(free, {"state_since_days": 7}), [{"status": "in-use"}])
	count(waste.flag_unattached_volume) == 1 with input as given
}

test_made_yesterday if count(waste.flag_unattached_volume) == 0 with input as samples.knowing(free, {"resource_age_days": 1})

test_in_use if count(waste.flag_unattached_volume) == 0 with input as samples.sound("ebs")

test_blessed if {
	given := object.union(free, {"resource": {"tags": {"elava_blessed": "evidence"}}})
	count(waste.flag_unattached_volume) == 0 with input as given
}

test_changed_yesterday_but_free_before if {
	given := samples.once(samples.knowing(free, {"state_since_days": 1}), [{"volume_type": "gp2"}])
	count(waste.flag_unattached_volume) == 1 with input as given
}
