package elava.ownership

# Require ownership tags
require_owner {
    input.resource.tags.elava_owner == ""
    input.resource.type in ["ec2", "rds", "elb", "s3"]
}

# Orphan detection
flag_orphan {
    input.resource.tags.elava_owner == ""
    resource_age_days > 30
    not input.resource.tags.temporary
}

resource_age_days := time.diff_days(time.now_ns(), input.resource.created_at)
