package elava.security

import data.lib.origin

# METADATA
# title: Images are not looked at when they come
# description: >-
#   The repository does not scan on push. Says nothing of a registry that scans all its repositories by itself: there the setting of
#   the repository is not used, and may be turned on as well.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
# custom:
#   severity: low
#   remediation: Turn on scan on push, or enhanced scanning for the registry.
flag_no_scan contains $"Its images are not scanned when they are pushed: turn on scan on push{origin.note}" if {
	input.resource.type == "ecr"
	input.resource.scan_on_push == false
}

# METADATA
# title: Tags of images can be moved
# description: A tag in prod that was tested may name another image tomorrow.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
# custom:
#   severity: low
#   remediation: Make tags immutable, with an exclusion for those that are meant to move, such as latest.
flag_mutable_tags contains $"A tag may name another image tomorrow: make tags immutable{origin.note}" if {
	input.resource.type == "ecr"
	input.environment == "prod"
	input.resource.immutable_tags == false
}
