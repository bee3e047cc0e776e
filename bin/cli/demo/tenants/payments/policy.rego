package tenants.payments

default allow := false

allow if {
	input.action == "read"
	input.resource.region == input.subject.region
}

allow if {
	input.action == "refund"
	input.amount <= 500
	input.subject.role == "agent"
}

reason := "within the region" if allow

reason := sprintf("%s may not %s in %s", [input.subject.role, input.action, input.resource.region]) if not allow
