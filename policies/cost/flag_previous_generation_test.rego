package tests.cost.flag_previous_generation

import data.elava.cost
import data.lib.samples

test_instances if {
	reason := "m4.large is of a previous generation: m7i does the same work"
	cost.flag_previous_generation == {reason} with input as samples.having("ec2", {"instance_type": "m4.large"})
}

test_databases if {
	reason := "db.t2.medium is of a previous generation: t3 does the same work"
	cost.flag_previous_generation == {reason} with input as samples.having("rds", {"instance_class": "db.t2.medium"})
}

test_generations_of_today if {
	every type in ["t3.micro", "m5.large", "m7g.large", "mac1.metal", "x2idn.16xlarge"] {
		count(cost.flag_previous_generation) == 0 with input as samples.having("ec2", {"instance_type": type})
	}
}

test_serverless if {
	count(cost.flag_previous_generation) == 0 with input as samples.having("rds", {"instance_class": "db.serverless"})
}
