package elava.security

# High-risk public resources
flag_high_risk {
    input.resource.type == "s3"
    input.resource.public_read == true
    not input.resource.tags.approved_public
}

flag_security_group_violation {
    input.resource.type == "ec2"
    some rule in input.resource.security_groups
    rule.from_port == 22
    rule.source == "0.0.0.0/0"
    input.environment == "prod"
}
