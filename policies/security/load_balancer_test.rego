package tests.security.load_balancer

import data.elava.security
import data.lib.samples

listening(listener) := samples.having("elb", {"listeners": [object.union(
	{"port": 80, "protocol": "HTTP", "tls": false},
	listener,
)]})

test_http_for_everybody if {
	security.flag_no_tls == {concat("", [
		"Port 80 serves the Internet in the clear: ",
		"let it redirect to HTTPS",
	])} with input as listening({})
}

test_it_redirects if count(security.flag_no_tls) == 0 with input as listening({"redirects": true})

test_inside if {
	given := object.union(listening({}), {"resource": {"internet_facing": false}})
	count(security.flag_no_tls) == 0 with input as given
}

test_tcp_may_carry_tls if count(security.flag_no_tls) == 0 with input as listening({"protocol": "TCP"})

test_a_classic_one if {
	given := samples.having("elb_classic", {"listeners": [{"port": 80, "protocol": "HTTP", "tls": false}]})
	count(security.flag_no_tls) == 1 with input as given
}

test_an_old_policy if {
	given := listening({"port": 443, "protocol": "HTTPS", "tls": true, "ssl_policy": "ELBSecurityPolicy-2016-08"})
	security.flag_old_tls == {concat("", [
		"Port 443 takes TLS older than 1.2 (ELBSecurityPolicy-2016-08): ",
		"choose a newer policy",
	])} with input as given
}

test_a_new_policy if count(security.flag_old_tls) == 0 with input as samples.sound("elb")
