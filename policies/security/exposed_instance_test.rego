package tests.security.exposed_instance

import data.elava.security
import data.lib.samples

open := samples.having("ec2", {"security_groups": [{
	"direction": "ingress",
	"protocol": "tcp",
	"from_port": 3389,
	"to_port": 3389,
	"source": "0.0.0.0/0",
	"description": "",
}]})

inside := json.remove(open, ["resource/public_ip"])

reason := "RDP (3389) from 0.0.0.0/0 reaches it at 203.0.113.10: close that in its security groups"

voices contains name if {
	some name in ["deny_exposed_instance", "flag_exposed_instance", "flag_open_instance"]
	count(security[name]) > 0
}

test_in_prod_it_is_denied if {
	security.deny_exposed_instance == {reason} with input as open
	voices == {"deny_exposed_instance"} with input as open
}

test_elsewhere_it_is_flagged if {
	security.flag_exposed_instance == {reason} with input as samples.within(open, "dev")
	voices == {"flag_exposed_instance"} with input as samples.within(open, "dev")
}

test_in_prod_without_an_address if {
	security.flag_open_instance == {concat("", [
		"Its security groups open RDP (3389) from 0.0.0.0/0, though it has no public address: ",
		"close that there",
	])} with input as inside
	voices == {"flag_open_instance"} with input as inside
}

test_elsewhere_without_an_address if voices == set() with input as samples.within(inside, "dev")

test_closed if {
	voices == set() with input as samples.sound("ec2")
	voices == set() with input as samples.within(samples.sound("ec2"), "dev")
}
