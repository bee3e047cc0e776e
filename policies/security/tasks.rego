package elava.security

import data.lib.origin

# METADATA
# title: Tasks with public addresses
# description: Each task of the ECS service gets an address of the Internet, with only its security groups in front of it.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
# custom:
#   severity: medium
#   remediation: Run them in private subnets behind a load balancer, with a NAT gateway or endpoints.
flag_public_tasks contains $"Its tasks get public addresses: run them in private subnets{origin.note}" if {
	input.resource.type == "ecs_service"
	input.resource.assigns_public_ip == true
}

# METADATA
# title: Sessions in containers of prod
# description: ECS Exec is on, so whoever may call it has a shell in the service's containers.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
# custom:
#   severity: low
#   remediation: Turn ECS Exec off when nobody is debugging.
flag_container_shell contains $"ECS Exec gives a shell in its containers: turn it off{origin.note}" if {
	input.resource.type == "ecs_service"
	input.environment == "prod"
	input.resource.exec_enabled == true
}
