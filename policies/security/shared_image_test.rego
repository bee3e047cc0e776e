package tests.security.shared_image

import data.elava.security
import data.lib.samples

public := samples.having("ami", {"public": true})

test_public if {
	security.deny_public_image == {concat("", [
		"Anybody can read its disks: ",
		"share it with accounts by number, or tag it approved_public=<why>",
	])} with input as public
}

test_approved if {
	count(security.deny_public_image) == 0 with input as object.union(public, {"resource": {"tags": {"approved_public": "product"}}})
}
