package elava.security

import data.lib.origin

# METADATA
# title: Cache that is talked to in the clear
# description: What goes between the cache and those who use it is not encrypted. Asked of Redis and Valkey in prod.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
# custom:
#   severity: medium
#   remediation: Turn on encryption in transit, first as preferred and then as required.
flag_clear_transit contains $"Its clients talk to it in the clear: turn on encryption in transit{origin.note}" if {
	input.resource.type == "elasticache"
	input.resource.engine in {"redis", "valkey"}
	input.environment == "prod"
	input.resource.transit_encrypted == false
}
