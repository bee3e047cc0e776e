package tests.lib.breaches

import data.lib.breaches
import data.lib.samples

test_a_rule_without_types_is_for_all if {
	every type in samples.types - {"iam_role", "route53"} {
		breaches.of({"regions": ["eu-north-1"]}) == {"it is in eu-west-1, not in eu-north-1"} with input as samples.sound(type)
	}
}

test_a_rule_for_others_is_not_asked if {
	not breaches.of({"types": ["rds"], "regions": ["eu-north-1"]}) with input as samples.sound("s3")
}

test_a_rule_without_regions_or_fields_is_kept if breaches.of({}) == set() with input as samples.sound("s3")
