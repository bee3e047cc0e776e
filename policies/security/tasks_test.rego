package tests.security.tasks

import data.elava.security
import data.lib.samples

test_public_addresses if {
	reason := "Its tasks get public addresses: run them in private subnets"
	security.flag_public_tasks == {reason} with input as samples.having("ecs_service", {"assigns_public_ip": true})
}

shell := samples.having("ecs_service", {"exec_enabled": true})

test_a_shell_in_prod if {
	security.flag_container_shell == {"ECS Exec gives a shell in its containers: turn it off"} with input as shell
}

test_a_shell_elsewhere if count(security.flag_container_shell) == 0 with input as samples.within(shell, "dev")
