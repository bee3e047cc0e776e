package elava.ownership

import data.lib.origin
import data.lib.tags

# METADATA
# title: Environment is not known
# description: >-
#   A tag names an environment that elava.yaml does not have, so the default policies judge the resource: a slip of the pen
#   in prod takes its policies away. Here and not with the tags, because the default policies are all that hears it.
# custom:
#   severity: medium
#   remediation: Correct the tag, or add the environment to elava.yaml.
flag_unknown_environment contains reason if {
	input.environment == "default"
	some key in tags.environment_keys
	value := input.resource.tags[key]
	not value in {"", "default"}
	reason := $"{key}={value} is no environment of elava.yaml: correct the tag, or add the environment{origin.note}"
}
