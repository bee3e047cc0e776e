package tests.compliance.context_rules

import data.elava.compliance
import data.lib.samples

under(type, rules) := samples.knowing(samples.sound(type), {"compliance_rules": rules})

residency := {"id": "residency", "regions": ["eu-central-1", "eu-north-1"]}

test_a_region_that_is_not_allowed if {
	compliance.deny_context_rule == {"residency: it is in eu-west-1, not in eu-central-1 or eu-north-1"} with input as under("s3", [residency])
}

test_a_region_that_is_allowed if {
	given := under("s3", [object.union(residency, {"regions": ["eu-west-1"]})])
	count(compliance.deny_context_rule) == 0 with input as given
}

test_what_has_no_region_is_everywhere if {
	count(compliance.deny_context_rule) == 0 with input as under("iam_role", [residency])
}

test_a_required_value if {
	rule := {"id": "pci-3.4", "types": ["rds"], "require": {"iam_authentication": true, "multi_az": false}}
	given := object.union(under("rds", [rule]), {"resource": {"iam_authentication": false}})
	compliance.deny_context_rule == {
		"pci-3.4: iam_authentication is false, not true",
		"pci-3.4: multi_az is true, not false",
	} with input as given
}

test_an_unknown_field_breaks_nothing if {
	given := under("rds", [{"id": "a", "require": {"nowhere": true}}])
	count(compliance.deny_context_rule) == 0 with input as given
}

test_other_types if {
	given := under("s3", [object.union(residency, {"types": ["rds"]})])
	count(compliance.deny_context_rule) == 0 with input as given
}

test_a_rule_may_only_flag if {
	given := under("s3", [object.union(residency, {"decision": "flag"})])
	count(compliance.deny_context_rule) == 0 with input as given
	count(compliance.flag_context_rule) == 1 with input as given
}

test_a_rule_denies_unless_it_says_otherwise if {
	given := under("s3", [object.union(residency, {"decision": "deny"}), residency])
	count(compliance.flag_context_rule) == 0 with input as given
	count(compliance.deny_context_rule) == 1 with input as given
}

test_no_rules if count(compliance.deny_context_rule) == 0 with input as under("s3", [])
