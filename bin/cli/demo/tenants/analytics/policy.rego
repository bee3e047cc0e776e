package tenants.analytics

default allow := false

allow if {
	input.action == "query"
	not input.resource.personal
}

redact := ["person.email", "person.name"] if {
	allow
	input.resource.type == "events"
}

reason := "no personal data" if allow

reason := "personal data need a purpose" if not allow
