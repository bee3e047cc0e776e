package elava.security

import data.lib.network
import data.lib.origin

# METADATA
# title: Administration open to the Internet, in prod
# description: >-
#   A rule of the group lets anybody reach a port through which machines or stores are administered. Rules for outgoing traffic
#   and those that AWS gives a default group are never among them.
# related_resources:
# - ref: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
# custom:
#   severity: high
#   remediation: Limit the rule's source to your own ranges, or remove it and use Session Manager.
deny_open_port contains $"It opens {opening}: limit the source to your own ranges, or remove the rule{origin.note}" if {
	input.resource.type == "security_group"
	input.environment == "prod"
	some opening in network.openings(input.resource.rules)
}

# METADATA
# title: Administration open to the Internet
# description: The same outside of prod.
# related_resources:
# - ref: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
# custom:
#   severity: high
#   remediation: Limit the rule's source to your own ranges, or remove it and use Session Manager.
flag_open_port contains $"It opens {opening}: limit the source to your own ranges, or remove the rule{origin.note}" if {
	input.resource.type == "security_group"
	input.environment != "prod"
	some opening in network.openings(input.resource.rules)
}
