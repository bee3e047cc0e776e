package tests.security.public_database

import data.elava.security
import data.lib.samples

public := samples.having("rds", {"publicly_accessible": true})

exposed := object.union(public, {"resource": {"port": 5433, "security_groups": [{
	"direction": "ingress",
	"protocol": "tcp",
	"from_port": 5000,
	"to_port": 6000,
	"source": "0.0.0.0/0",
	"description": "",
}]}})

test_open_to_all_on_its_own_port if {
	every environment in ["prod", "dev"] {
		security.deny_exposed_database == {concat("", [
			"0.0.0.0/0 reaches its port 5433: ",
			"turn public accessibility off",
		])} with input as samples.within(exposed, environment)
	}
}

test_open_but_without_an_address if {
	given := object.union(exposed, {"resource": {"publicly_accessible": false}})
	count(security.deny_exposed_database) == 0 with input as given
}

test_an_address_behind_a_closed_group if {
	count(security.deny_exposed_database) == 0 with input as public
	security.flag_public_database == {"It has a public address: turn public accessibility off"} with input as public
}

test_private if count(security.flag_public_database) == 0 with input as samples.sound("rds")
