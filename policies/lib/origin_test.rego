package tests.lib.origin

import data.lib.origin
import data.lib.samples

test_aws_makes_default_groups if {
	origin.made_by_aws with input as samples.having("security_group", {"default": true})
	not origin.made_by_aws with input as samples.sound("security_group")
}

test_aws_makes_what_the_scan_says_it_made if {
	origin.made_by_aws with input as samples.having("ebs", {"provider_owned": true})
	not origin.made_by_aws with input as samples.having("ebs", {"provider_owned": false})
}

test_aws_makes_its_own_roles if {
	origin.made_by_aws with input as samples.having("iam_role", {"service_linked": true})
	origin.made_by_aws with input as samples.having("iam_role", {"path": "/aws-reserved/sso.amazonaws.com/"})
	not origin.made_by_aws with input as samples.sound("iam_role")
}

test_aws_makes_what_serves_its_services if {
	origin.made_by_aws with input as samples.having("eni", {"requester_managed": true})
	origin.made_by_aws with input as samples.having("vpc", {"default": true})
	origin.made_by_aws with input as samples.having("subnet", {"default": true})
	origin.made_by_aws with input as samples.having("kms", {"manager": "AWS"})
	origin.made_by_aws with input as samples.having("eip", {"provider_owned": true})
	every type in ["eni", "vpc", "subnet", "kms", "eip"] {
		not origin.made_by_aws with input as samples.sound(type)
	}
}

test_backup_plans_keep_what_they_made if {
	origin.kept_by_plan with input as samples.tagged("snapshot", {"aws:backup:source-resource": "vol-1:x"})
	origin.kept_by_plan with input as samples.tagged("snapshot", {"aws:dlm:lifecycle-policy-id": "policy-1"})
	not origin.kept_by_plan with input as samples.sound("snapshot")
}

test_note_is_empty_where_nothing_is_known if origin.note == "" with input as samples.sound("ec2")

test_note_names_the_stack_before_the_group if {
	origin.note == " (managed by the CloudFormation stack shop: change it there)" with input as samples.tagged("ec2", {
		"aws:cloudformation:stack-name": "shop",
		"aws:autoscaling:groupName": "web",
	})
}

test_note_names_the_group if {
	given := samples.tagged("ec2", {"aws:autoscaling:groupName": "web"})
	origin.note == " (made by the Auto Scaling group web: change it there)" with input as given
}

test_note_names_the_tool_and_the_actor if {
	given := samples.by(samples.tagged("ec2", {"managed-by": "terraform"}), {"actor": "ada@acme.example"})
	origin.note == " (managed by terraform: change it there; last changed by ada@acme.example)" with input as given
}

test_the_console_manages_nothing if {
	given := samples.by(samples.tagged("ec2", {"managed-by": "Console"}), {"actor": "ada@acme.example"})
	origin.note == " (last changed by ada@acme.example)" with input as given
}

test_other_types_may_have_such_fields if {
	fields := {"default": true, "service_linked": true, "path": "/aws-reserved/"}
	every type in ["ec2", "security_group", "iam_role"] {
		not origin.made_by_aws with input as samples.having(type, object.remove(fields, own[type]))
	}
}

own := {"ec2": [], "security_group": ["default"], "iam_role": ["service_linked", "path"]}
