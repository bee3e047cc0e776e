package tests.waste.network

import data.elava.waste
import data.lib.samples

free := samples.having("eip", {"associated": false})

test_a_free_address if {
	waste.flag_free_address == {"Associated with nothing: release it, or tag it elava_blessed=<why>"} with input as free
}

test_an_address_left_alone if {
	count(waste.flag_free_address) == 0 with input as samples.knowing(free, {"resource_age_days": 3})
	count(waste.flag_free_address) == 0 with input as object.union(free, {"resource": {"tags": {"elava_blessed": "dr"}}})
	count(waste.flag_free_address) == 0 with input as object.union(free, {"resource": {"provider_owned": true}})
}

loose := samples.having("eni", {"attached": false, "status": "available"})

test_a_loose_interface if {
	waste.flag_free_interface == {"Attached to nothing: delete it, or tag it elava_blessed=<why>"} with input as loose
}

test_an_interface_left_alone if {
	count(waste.flag_free_interface) == 0 with input as samples.knowing(loose, {"resource_age_days": 3})
	count(waste.flag_free_interface) == 0 with input as object.union(loose, {"resource": {"requester_managed": true}})
	lately := samples.once(samples.knowing(loose, {"state_since_days": 2}), [{"status": "in-use"}])
	count(waste.flag_free_interface) == 0 with input as lately
}

idle := samples.having("elb", {"target_group_ids": []})

test_an_idle_balancer if {
	reason := "It forwards to nothing: delete it, or tag it elava_blessed=<why>"
	waste.flag_idle_balancer == {reason} with input as idle
	waste.flag_idle_balancer == {reason} with input as samples.having("elb_classic", {"instance_ids": []})
}

test_a_balancer_left_alone if {
	count(waste.flag_idle_balancer) == 0 with input as samples.knowing(idle, {"resource_age_days": 3})
	count(waste.flag_idle_balancer) == 0 with input as json.remove(idle, ["resource/listeners"])
	count(waste.flag_idle_balancer) == 0 with input as object.union(idle, {"resource": {"tags": {"elava_blessed": "redirects"}}})
}

unused := samples.having("target_group", {"used": false})

test_a_free_target_group if {
	reason := "No load balancer forwards to it: delete it, or tag it elava_blessed=<why>"
	waste.flag_free_target_group == {reason} with input as unused
}

test_a_target_group_left_alone if {
	count(waste.flag_free_target_group) == 0 with input as samples.knowing(unused, {"resource_age_days": 14})
	count(waste.flag_free_target_group) == 0 with input as object.union(unused, {"resource": {"tags": {"elava_blessed": "blue"}}})
}

test_a_failed_gateway if {
	failed := samples.having("nat_gateway", {"status": "failed", "failure": "Elastic IP address is already associated"})
	waste.flag_failed_gateway == {concat("", [
		"It could not be made (Elastic IP address is already associated): ",
		"make it anew",
	])} with input as failed
	count(waste.flag_failed_gateway) == 1 with input as json.remove(failed, ["resource/failure"])
}

empty := samples.having("route53", {"records": 2})

test_an_empty_zone if {
	reason := "It holds no record of yours: delete it, or tag it elava_blessed=<why>"
	waste.flag_empty_zone == {reason} with input as empty
}

test_a_zone_left_alone if {
	count(waste.flag_empty_zone) == 0 with input as samples.knowing(empty, {"resource_age_days": 30})
	count(waste.flag_empty_zone) == 0 with input as object.union(empty, {"resource": {"provider_owned": true}})
	count(waste.flag_empty_zone) == 0 with input as object.union(empty, {"resource": {"tags": {"elava_blessed": "parked"}}})
	count(waste.flag_empty_zone) == 0 with input as object.union(empty, {"resource": {"records": null}})
}
