package elava.security

import data.lib.origin
import data.lib.support

# METADATA
# title: Database engine out of standard support
# description: >-
#   The major version has ended for RDS. What comes after is Extended Support, which is charged for by the vCPU and ends too.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
# custom:
#   severity: medium
#   remediation: Upgrade to a supported major version, with a blue/green deployment where it must stay up.
flag_ended_engine contains reason if {
	input.resource.type in {"aurora", "rds"}

	# A member has the version of its cluster.
	not input.resource.cluster
	ended := support.engine_ended(input.resource.engine, input.resource.engine_version)
	version := $"{input.resource.engine} {input.resource.engine_version}"
	reason := $"{version} has no standard support since {ended}: upgrade its major version{origin.note}"
}
