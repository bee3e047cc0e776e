package tests.security.queue

import data.elava.security
import data.lib.samples

public := samples.having("sqs", {"public": true})

test_public if {
	security.deny_public_queue == {concat("", [
		"Its policy lets everybody in: ",
		"name who may use it, or tag it approved_public=<why>",
	])} with input as public
}

test_approved if {
	count(security.deny_public_queue) == 0 with input as object.union(public, {"resource": {"tags": {"approved_public": "inbox"}}})
}
