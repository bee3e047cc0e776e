package elava.security

import data.lib.origin

# METADATA
# title: Public load balancer in the clear
# description: >-
#   It faces the Internet and has an HTTP listener that serves instead of redirecting to HTTPS: whoever stands on the way reads and
#   changes what it says. Plain TCP is left out: TLS may end behind it.
# related_resources:
# - ref: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html
# custom:
#   severity: high
#   remediation: Add an HTTPS listener, and let the plain one redirect to it.
flag_no_tls contains reason if {
	input.resource.type in {"elb", "elb_classic"}
	input.resource.internet_facing == true
	some listener in input.resource.listeners
	listener.protocol == "HTTP"
	listener.tls == false
	not listener.redirects
	reason := $"Port {listener.port} serves the Internet in the clear: let it redirect to HTTPS{origin.note}"
}

# METADATA
# title: Load balancer with an old TLS
# description: The security policy of a listener still takes TLS 1.0 or 1.1, which RFC 8996 forbids.
# related_resources:
# - ref: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
# - ref: https://www.rfc-editor.org/rfc/rfc8996
# custom:
#   severity: medium
#   remediation: Choose a security policy of TLS 1.2 and 1.3, such as ELBSecurityPolicy-TLS13-1-2-2021-06.
flag_old_tls contains reason if {
	input.resource.type in {"elb", "elb_classic"}
	some listener in input.resource.listeners
	listener.ssl_policy in {
		"ELBSecurityPolicy-2011-08", "ELBSecurityPolicy-2014-01", "ELBSecurityPolicy-2014-10", "ELBSecurityPolicy-2015-02",
		"ELBSecurityPolicy-2015-03", "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-FS-1-1-2019-08",
		"ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-TLS-1-0-2015-04", "ELBSecurityPolicy-TLS-1-1-2017-01",
		"ELBSecurityPolicy-TLS13-1-0-2021-06", "ELBSecurityPolicy-TLS13-1-1-2021-06",
	}
	reason := $"Port {listener.port} takes TLS older than 1.2 ({listener.ssl_policy}): choose a newer policy{origin.note}"
}
