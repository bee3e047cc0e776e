package elava.tagging

import data.lib.origin

# METADATA
# title: Tags contradict one another
# description: >-
#   Two spellings of one tag have different values, so it depends on the reader which of them counts. Only case and names
#   differ between spellings: an owner that is a person and a team that is a team do not contradict.
# custom:
#   severity: low
#   remediation: Keep one spelling and remove the other.
flag_conflicting_tags contains reason if {
	some [first, second] in [
		["elava_owner", "owner"], ["elava_owner", "Owner"], ["owner", "Owner"], ["team", "Team"],
		["environment", "Environment"], ["environment", "env"], ["Environment", "Env"], ["env", "Env"],
	]
	a := input.resource.tags[first]
	b := input.resource.tags[second]
	lower(a) != lower(b)
	not "" in {a, b}
	reason := $"{first}={a} contradicts {second}={b}: keep one of them{origin.note}"
}
