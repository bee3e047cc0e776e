# METADATA
# title: Data residency and redaction
# description: Sensor data stays in its region; personal fields are left out for everybody but the data protection officer.
package tenants.tenant_a

default allow := {"allow": false, "redact": [], "reason": "Denied: no rule allows it"}

allow := {"allow": true, "redact": redact, "reason": "Allowed by data residency policy"} if {
	is_own
	input.action in data.residency.actions
	is_resident
}

allow := {"allow": false, "redact": [], "reason": reason} if {
	is_own
	input.action in data.residency.actions
	not is_resident
	reason := $"Denied by data residency policy: {input.resource.type} may not leave {region_names}"
}

allow := {"allow": false, "redact": [], "reason": "Denied: the subject is of another tenant"} if not is_own

is_own if input.subject.tenant_id == "tenant_a"

is_resident if input.resource.region in data.residency.regions[input.resource.type]

region_names := concat(", ", data.residency.regions[input.resource.type])

# Fields that the caller may not see, of those that the kind of resource has.
redact := [] if input.subject.role == "data_protection_officer"

else := object.get(data.redaction, input.resource.type, [])
