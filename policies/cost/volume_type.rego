# METADATA
# title: Cost
# description: >-
#   Settings that cost more than they have to for what they give. Nothing here guesses a price: each rule says which setting it
#   is, and finance tools put the figures to it.
package elava.cost

import data.lib.origin

# METADATA
# title: Volume of an old type
# description: >-
#   gp3 gives 3,000 IOPS and 125 MiB/s at every size for less than gp2 of the same size, and io2 lasts longer than io1 at the
#   same price. Both are changed while the volume is in use.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
# custom:
#   severity: low
#   remediation: Modify the volume's type; it stays in use meanwhile.
flag_old_volume_type contains reason if {
	input.resource.type == "ebs"
	newer := {"gp2": "gp3", "io1": "io2", "standard": "gp3"}[input.resource.volume_type]
	reason := $"Its type is {input.resource.volume_type}: change it to {newer}{origin.note}"
}

# METADATA
# title: Paid IOPS outside of prod
# description: A volume in no production environment has provisioned IOPS beyond what gp3 gives with its price.
# related_resources:
# - ref: https://docs.aws.amazon.com/ebs/latest/userguide/provisioned-iops.html
# custom:
#   severity: low
#   remediation: Change it to gp3 with its 3,000 IOPS, and measure whether that is enough.
flag_paid_iops contains reason if {
	input.resource.type == "ebs"
	not input.environment in {"prod", "default"}
	_pays(input.resource.volume_type, input.resource.iops)
	what := $"{input.resource.volume_type} with {input.resource.iops} IOPS in {input.environment}"
	reason := $"{what}: gp3 gives 3000 with its price{origin.note}"
}

_pays(type, _) if type in {"io1", "io2"}

_pays("gp3", iops) if iops > 3000
