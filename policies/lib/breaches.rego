# METADATA
# title: Rules that come as data
# description: >-
#   A rule is {id, types, regions, require, decision}. It is for the types that it names, or for all; regions are those where a
#   resource may be; require are fields and the values that they must have.
package lib.breaches

# METADATA
# description: How the resource breaks the rule, one text for each thing. A field that is not known breaks nothing.
of(rule) := _misplaced(rule) | _different(rule) if {
	input.resource.type in object.get(rule, "types", [input.resource.type])
}

_misplaced(rule) := {$"it is in {input.resource.region}, not in {concat(" or ", rule.regions)}" |
	input.resource.region != "global"
	not input.resource.region in rule.regions
}

_different(rule) := {$"{field} is {input.resource[field]}, not {value}" |
	some field, value in rule.require
	input.resource[field] != value
}
