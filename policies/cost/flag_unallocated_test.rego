package tests.cost.flag_unallocated

import data.elava.cost
import data.lib.samples

test_nobody_pays if {
	every type in ["dynamodb", "ec2", "lambda", "rds", "s3"] {
		cost.flag_unallocated == {"No tag says who pays for it: add cost-center=<number>"} with input as samples.untagged(type)
	}
}

test_an_empty_tag_says_nothing if {
	count(cost.flag_unallocated) == 1 with input as samples.tagged("ec2", {"cost-center": ""})
}

test_any_of_the_usual_names if {
	every key in ["CostCenter", "project", "Application", "awsApplication", "budget"] {
		count(cost.flag_unallocated) == 0 with input as samples.having("ec2", {"tags": {key: "x"}})
	}
}

test_what_goes_with_another if {
	every type in ["ebs", "iam_role", "security_group", "snapshot"] {
		count(cost.flag_unallocated) == 0 with input as samples.untagged(type)
	}
}
