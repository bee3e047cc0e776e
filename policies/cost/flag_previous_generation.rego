package elava.cost

import data.lib.origin

# METADATA
# title: Instance of a previous generation
# description: >-
#   AWS lists the family as a previous generation. A newer one does the same work for less, on Nitro. Databases and caches are named
#   db.… and cache.…, and have the same families.
# related_resources:
# - ref: https://aws.amazon.com/ec2/previous-generation/
# custom:
#   severity: low
#   remediation: Change the instance type at the next stop or maintenance window.
flag_previous_generation contains reason if {
	size := _size(input.resource)
	family := split(trim_prefix(trim_prefix(size, "db."), "cache."), ".")[0]
	newer := _newer(family)
	reason := $"{size} is of a previous generation: {newer} does the same work{origin.note}"
}

_size(resource) := resource.instance_type if resource.type == "ec2"

_size(resource) := resource.instance_class if resource.type == "rds"

_size(resource) := resource.node_type if resource.type == "elasticache"

_newer(family) := {
	"c1": "c7i", "c3": "c7i", "c4": "c7i",
	"d2": "d3",
	"g2": "g6", "g3": "g6",
	"i2": "i4i", "i3": "i4i",
	"m1": "m7i", "m2": "r7i", "m3": "m7i", "m4": "m7i",
	"r3": "r7i", "r4": "r7i",
	"t1": "t3", "t2": "t3",
	"x1": "x2idn",
}[family]
