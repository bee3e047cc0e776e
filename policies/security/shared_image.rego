package elava.security

import data.lib.origin
import data.lib.tags

# METADATA
# title: Image that anybody can start
# description: Any AWS account can start instances from it and read its disks, with what was left on them.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
# custom:
#   severity: high
#   remediation: Share it with accounts by number, or tag it approved_public where it is meant for all.
deny_public_image contains reason if {
	input.resource.type == "ami"
	input.resource.public == true
	not tags.says_yes("approved_public")
	reason := $"Anybody can read its disks: share it with accounts by number, or tag it approved_public=<why>{origin.note}"
}
