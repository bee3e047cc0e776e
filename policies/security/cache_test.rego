package tests.security.cache

import data.elava.security
import data.lib.samples

clear := samples.having("elasticache", {"transit_encrypted": false})

test_in_the_clear if {
	reason := "Its clients talk to it in the clear: turn on encryption in transit"
	security.flag_clear_transit == {reason} with input as clear
}

test_outside_of_prod if count(security.flag_clear_transit) == 0 with input as samples.within(clear, "dev")

test_memcached if {
	count(security.flag_clear_transit) == 0 with input as object.union(clear, {"resource": {"engine": "memcached"}})
}
