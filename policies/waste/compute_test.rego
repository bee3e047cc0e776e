package tests.waste.compute

import data.elava.waste
import data.lib.samples

old := samples.knowing(
	samples.having("ami", {"created_at": "2026-03-01T00:00:00.000Z"}),
	{"resource_age_days": 264},
)

test_an_old_image if {
	waste.flag_old_image == {concat("", [
		"More than 180 days old, made on 2026-03-01, and nothing is started from it: ",
		"deregister it, or tag it elava_blessed=<why>",
	])} with input as old
}

test_an_image_left_alone if {
	count(waste.flag_old_image) == 0 with input as samples.knowing(old, {"resource_age_days": 180})
	count(waste.flag_old_image) == 0 with input as samples.knowing(old, {"last_used_days": 90})
	count(waste.flag_old_image) == 1 with input as samples.knowing(old, {"last_used_days": 91})
	every tag in ["elava_blessed", "aws:backup:source-resource"] {
		count(waste.flag_old_image) == 0 with input as object.union(old, {"resource": {"tags": {tag: "x"}}})
	}
}

empty := samples.having("ecs", {"services": 0, "running_tasks": 0, "container_instances": 0})

test_an_empty_cluster if {
	waste.flag_empty_cluster == {"It runs nothing: delete it, or tag it elava_blessed=<why>"} with input as empty
}

test_a_cluster_left_alone if {
	count(waste.flag_empty_cluster) == 0 with input as samples.knowing(empty, {"resource_age_days": 14})
	every field in ["services", "running_tasks", "container_instances"] {
		count(waste.flag_empty_cluster) == 0 with input as object.union(empty, {"resource": {field: 1}})
	}
	count(waste.flag_empty_cluster) == 0 with input as object.union(empty, {"resource": {"tags": {"elava_blessed": "dr"}}})
}

off := samples.knowing(samples.having("kms", {"status": "Disabled", "enabled": false}), {"state_since_days": 31})

test_a_disabled_key if {
	waste.flag_disabled_key == {"Disabled for more than 30 days: delete it, or tag it elava_blessed=<why>"} with input as off
}

test_a_key_left_alone if {
	count(waste.flag_disabled_key) == 0 with input as samples.knowing(off, {"state_since_days": 30})
	count(waste.flag_disabled_key) == 0 with input as object.union(off, {"resource": {"manager": "AWS"}})
	count(waste.flag_disabled_key) == 0 with input as object.union(off, {"resource": {"tags": {"elava_blessed": "audit"}}})
}
