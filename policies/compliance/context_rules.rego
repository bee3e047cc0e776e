package elava.compliance

import data.lib.breaches
import data.lib.origin

# METADATA
# title: A rule of the context is broken
# description: >-
#   context.compliance_rules brings rules as data: {id, types, regions, require, decision}. A rule is for the types that it names,
#   or for all; regions are those where the resource may be, "global" aside; require are fields and the values that they
#   must have. A field that is not known breaks nothing. With decision "flag" see flag_context_rule.
# custom:
#   severity: high
#   remediation: Do what the rule asks for, or change the rule.
deny_context_rule contains $"{rule.id}: {breach}{origin.note}" if {
	some rule in input.context.compliance_rules
	object.get(rule, "decision", "deny") != "flag"
	some breach in breaches.of(rule)
}

# METADATA
# title: A rule of the context is broken, and only flags
# description: The same for rules whose decision is "flag".
# custom:
#   severity: medium
#   remediation: Do what the rule asks for, or change the rule.
flag_context_rule contains $"{rule.id}: {breach}{origin.note}" if {
	some rule in input.context.compliance_rules
	rule.decision == "flag"
	some breach in breaches.of(rule)
}
