package elava.security

import data.lib.network
import data.lib.origin

# METADATA
# title: Database that strangers can reach
# description: It is publicly accessible, and its security groups let anybody reach its port. In any environment.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
# custom:
#   severity: high
#   remediation: Turn public accessibility off, and limit the security groups to those who connect.
deny_exposed_database contains reason if {
	input.resource.type in {"aurora", "rds"}
	input.resource.publicly_accessible == true
	some source in network.sources_of(input.resource.security_groups, input.resource.port)
	reason := $"{source} reaches its port {input.resource.port}: turn public accessibility off{origin.note}"
}

# METADATA
# title: Database with a public address
# description: Publicly accessible, with only its security groups between it and the Internet.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
# custom:
#   severity: high
#   remediation: Turn public accessibility off.
flag_public_database contains $"It has a public address: turn public accessibility off{origin.note}" if {
	input.resource.type in {"aurora", "rds"}
	input.resource.publicly_accessible == true
}
