# METADATA
# title: What tags say
# description: Organisations agree on no spelling, so owners and environments are looked for under each usual name.
package lib.tags

# The defaults of the settings tags.owner and tags.environment, in their order. Other owner tags of the configuration reach policies
# by their value, as context.owner.
owner_keys := ["elava_owner", "owner", "Owner", "team", "Team"]

environment_keys := ["environment", "Environment", "env", "Env", "stage"]

# What fills an owner tag without naming anybody.
_nobody := {"", "-", "?", "n/a", "na", "nobody", "none", "null", "owner", "tbd", "team", "test", "todo", "unknown", "xxx"}

_no := {"", "0", "false", "no"}

default owned := false

# METADATA
# description: True when one of the owner tags names somebody.
owned if {
	some key in owner_keys
	_names_somebody(input.resource.tags[key])
}

owned if _names_somebody(input.context.owner)

# METADATA
# description: Owner tags that are filled but name nobody, as "key=value".
placeholders contains $"{key}={value}" if {
	some key in owner_keys
	value := input.resource.tags[key]
	value != ""
	not _names_somebody(value)
}

_names_somebody(value) if not lower(trim_space(value)) in _nobody

default names_environment := false

# METADATA
# description: True when one of the environment tags has a value, whatever it is.
names_environment if {
	some key in environment_keys
	input.resource.tags[key] != ""
}

# METADATA
# description: True when the tag is set and its value is no denial.
says_yes(key) if not lower(input.resource.tags[key]) in _no

default blessed := false

# METADATA
# description: True for what somebody has said is meant to be as it is.
blessed if says_yes("elava_blessed")
