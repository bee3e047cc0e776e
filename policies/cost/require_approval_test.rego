package tests.cost.require_approval

import data.elava.cost
import data.lib.samples

new(budget) := samples.knowing(samples.sound("ec2"), {"resource_age_days": 1, "cost_budget": budget})

test_the_budget_is_spent if {
	cost.require_approval == {"It is new, and the budget of 1000 is spent: agree to it, or remove it"} with input as new({
		"limit": 1000,
		"spent": 1000.5,
	})
}

test_there_is_some_left if count(cost.require_approval) == 0 with input as new({"limit": 1000, "spent": 1000})

test_it_was_there_before if {
	given := samples.knowing(new({"limit": 1000, "spent": 2000}), {"resource_age_days": 7})
	count(cost.require_approval) == 0 with input as given
}

test_no_budget_or_no_figures if {
	count(cost.require_approval) == 0 with input as samples.knowing(samples.sound("ec2"), {"resource_age_days": 1})
	count(cost.require_approval) == 0 with input as new(null)
	count(cost.require_approval) == 0 with input as new({"limit": 1000})
	count(cost.require_approval) == 0 with input as new({"limit": null, "spent": 2000})
	count(cost.require_approval) == 0 with input as new({"limit": 1000, "spent": "2000"})
}
