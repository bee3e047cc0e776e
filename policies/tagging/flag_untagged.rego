package elava.tagging

import data.lib.origin

# METADATA
# title: No tags at all
# description: Nothing says what it is, whose it is and what it is for. Tags that AWS sets do not count.
# custom:
#   severity: low
#   remediation: Tag it at least with owner and environment.
flag_untagged contains $"It has no tags: add at least owner and environment{origin.note}" if {
	not _tagged(input.resource.tags)
	not origin.made_by_aws
}

# The two owner tags are part of every input, empty where the resource has none.
_tagged(tags) if {
	some key, value in tags
	not startswith(key, "aws:")
	value != ""
}
