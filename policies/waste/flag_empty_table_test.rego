package tests.waste.flag_empty_table

import data.elava.waste
import data.lib.samples

empty := samples.having("dynamodb", {"item_count": 0})

test_empty if {
	waste.flag_empty_table == {"Empty, made on 2025-10-16: delete it, or tag it elava_blessed=<why>"} with input as empty
}

test_locks_are_empty_when_all_is_well if {
	given := object.union(empty, {"resource": {"name": "terraform-Locks"}})
	count(waste.flag_empty_table) == 0 with input as given
}

test_new if count(waste.flag_empty_table) == 0 with input as samples.knowing(empty, {"resource_age_days": 30})

test_with_items if count(waste.flag_empty_table) == 0 with input as samples.sound("dynamodb")

test_blessed if {
	given := object.union(empty, {"resource": {"tags": {"elava_blessed": "fills in December"}}})
	count(waste.flag_empty_table) == 0 with input as given
}
