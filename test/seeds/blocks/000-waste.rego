package elava.waste

# Detect stopped instances (observable state, not cost)
decision := "flag" if {
    input.resource.type == "ec2"
    input.resource.status == "stopped"
    input.context.last_seen_days > 7
    not input.resource.tags.elava_blessed
}

# Unattached volumes are pure waste (observable, not cost)
decision := "flag" if {
    input.resource.type == "ebs"
    input.resource.status == "available"  # Not attached
    input.context.resource_age_days > 3
}

# Old snapshots without access (observable pattern)
decision := "flag" if {
    input.resource.type == "snapshot"
    input.context.resource_age_days > 90
    input.context.last_seen_days > 30  # Not accessed
}
