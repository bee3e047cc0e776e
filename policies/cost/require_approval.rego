package elava.cost

import data.lib.origin

# METADATA
# title: New, and the budget is spent
# description: >-
#   The team's budget is used up, and the resource is less than a week old: somebody has to agree that it stays. Speaks only where
#   context.cost_budget has numbers for limit and spent.
# related_resources:
# - ref: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
# custom:
#   severity: medium
#   remediation: Agree to it, raise the budget, or remove the resource.
require_approval contains reason if {
	budget := input.context.cost_budget
	is_number(budget.spent)
	is_number(budget.limit)
	budget.spent > budget.limit
	input.context.resource_age_days < 7
	reason := $"It is new, and the budget of {budget.limit} is spent: agree to it, or remove it{origin.note}"
}
