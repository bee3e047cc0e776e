# policies/tagging.rego - Enforce resource tagging
package elava.tagging

# Automatically tag orphaned resources
tag_orphan[action] {
    input.resource.tags.owner == ""
    input.attribution.actor != ""

    action := {
        "type": "tag",
        "tags": {
            "owner": input.attribution.actor,
            "elava_managed": "true"
        },
        "reason": "Auto-tagged based on CloudTrail attribution"
    }
}

# Block unencrypted production databases
deny[msg] {
    input.resource.type == "rds"
    input.resource.tags.environment == "production"
    input.resource.metadata.encrypted == false

    msg := "Unencrypted RDS in production is forbidden"
}
