package tenants.tenant_a_test

import data.tenants.tenant_a

request := {
	"subject": {"tenant_id": "tenant_a", "user_id": "user_123"},
	"action": "read",
	"resource": {"type": "sensor_data", "region": "EU"},
	"environment": {"time": "2025-10-16T14:30:00Z"},
}

test_allows_in_region if {
	tenant_a.allow == {"allow": true, "redact": ["pii.email"], "reason": "Allowed by data residency policy"} with input as request
}

test_shows_all_to_the_officer if {
	tenant_a.allow.redact == [] with input as object.union(request, {"subject": {"role": "data_protection_officer"}})
}

test_denies_elsewhere if {
	answer := tenant_a.allow with input as object.union(request, {"resource": {"region": "US"}})
	not answer.allow
	answer.reason == "Denied by data residency policy: sensor_data may not leave EU"
}

test_denies_another_tenant if {
	answer := tenant_a.allow with input as object.union(request, {"subject": {"tenant_id": "tenant_b"}})
	not answer.allow
}
