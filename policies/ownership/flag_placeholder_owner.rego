package elava.ownership

import data.lib.origin
import data.lib.tags

# METADATA
# title: Owner is a placeholder
# description: An owner tag is filled, but with a word such as tbd or unknown, which names nobody.
# custom:
#   severity: medium
#   remediation: Put the name of a team or a person into the owner tag.
flag_placeholder_owner contains $"{placeholder} names nobody: put a team or a person there{origin.note}" if {
	not tags.owned
	some placeholder in tags.placeholders
}
