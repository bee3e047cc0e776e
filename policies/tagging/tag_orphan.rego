package elava.tagging

import data.lib.origin
import data.lib.tags

# METADATA
# title: Owner can be told from who made it
# description: >-
#   Proposes as owner the person whom CloudTrail names, where the attribution is likely. Nobody can ask a pipeline, so automation
#   and services are left out.
# custom:
#   severity: info
#   remediation: Approve the action, or tag the resource with its right owner.
tag_orphan contains action if {
	not tags.owned
	input.attribution.actor != ""
	input.attribution.actor_kind == "human"
	input.attribution.confidence >= 0.7
	not origin.made_by_aws
	action := {
		"type": "tag",
		"tags": {"owner": input.attribution.actor, "elava_managed": "true"},
		"reason": $"It has no owner, and {input.attribution.actor} made or changed it ({input.attribution.event})",
	}
}
