package elava.security

import data.lib.network
import data.lib.origin

# METADATA
# title: Instance in prod that strangers can reach
# description: It has a public address, and its security groups let anybody reach a port of administration.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-methods.html
# custom:
#   severity: high
#   remediation: Close the port in the security group, or take the public address away and use Session Manager.
deny_exposed_instance contains reason if {
	input.resource.type == "ec2"
	input.environment == "prod"
	input.resource.public_ip != ""
	some opening in network.openings(input.resource.security_groups)
	reason := $"{opening} reaches it at {input.resource.public_ip}: close that in its security groups{origin.note}"
}

# METADATA
# title: Instance outside of prod that strangers can reach
# description: The same elsewhere.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-methods.html
# custom:
#   severity: high
#   remediation: Close the port in the security group, or take the public address away and use Session Manager.
flag_exposed_instance contains reason if {
	input.resource.type == "ec2"
	input.environment != "prod"
	input.resource.public_ip != ""
	some opening in network.openings(input.resource.security_groups)
	reason := $"{opening} reaches it at {input.resource.public_ip}: close that in its security groups{origin.note}"
}

# METADATA
# title: Instance in prod behind an open group
# description: >-
#   It has no public address, so nobody reaches it today; with an address, a load balancer or a peering its groups would let
#   anybody in.
# related_resources:
# - ref: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
# custom:
#   severity: medium
#   remediation: Close the port in the security group.
flag_open_instance contains reason if {
	input.resource.type == "ec2"
	input.environment == "prod"
	not input.resource.public_ip
	some opening in network.openings(input.resource.security_groups)
	reason := $"Its security groups open {opening}, though it has no public address: close that there{origin.note}"
}
