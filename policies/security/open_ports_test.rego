package tests.security.open_ports

import data.elava.security
import data.lib.samples

open := samples.having("security_group", {"rules": [{
	"direction": "ingress",
	"protocol": "tcp",
	"from_port": 22,
	"to_port": 22,
	"source": "::/0",
	"description": "temporary",
}]})

reason := "It opens SSH (22) from ::/0: limit the source to your own ranges, or remove the rule"

test_in_prod_it_is_denied if {
	security.deny_open_port == {reason} with input as open
	count(security.flag_open_port) == 0 with input as open
}

test_elsewhere_it_is_flagged if {
	security.flag_open_port == {reason} with input as samples.within(open, "default")
	count(security.deny_open_port) == 0 with input as samples.within(open, "default")
}

test_https_for_everybody if {
	count(security.deny_open_port) == 0 with input as samples.sound("security_group")
	count(security.flag_open_port) == 0 with input as samples.within(samples.sound("security_group"), "dev")
}
