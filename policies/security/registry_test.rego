package tests.security.registry

import data.elava.security
import data.lib.samples

test_not_scanned if {
	reason := "Its images are not scanned when they are pushed: turn on scan on push"
	security.flag_no_scan == {reason} with input as samples.having("ecr", {"scan_on_push": false})
}

mutable := samples.having("ecr", {"immutable_tags": false})

test_tags_move if security.flag_mutable_tags == {"A tag may name another image tomorrow: make tags immutable"} with input as mutable

test_outside_of_prod if count(security.flag_mutable_tags) == 0 with input as samples.within(mutable, "dev")
