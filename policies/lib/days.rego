# METADATA
# title: Lengths of time
# description: >-
#   A reason names a date, or the highest step that a time has passed, and never counts the days: that would be a new result
#   every day, and each changed result is stored and told.
package lib.days

_steps := [3, 7, 14, 30, 60, 90, 180, 365, 730]

# METADATA
# description: '"more than 30 days" for any time of more than 30 and up to 60 days, and so on. Undefined up to 3.'
more_than(days) := $"more than {step} days" if {
	step := max([step | some step in _steps; step < days])
}

_ns_per_day := 86400000000000

# METADATA
# description: Days from an instant (RFC 3339) to that of the evaluation. Undefined for "".
since(instant) := (time.parse_rfc3339_ns(input.context.now) - time.parse_rfc3339_ns(instant)) / _ns_per_day if {
	instant != ""
}

# METADATA
# description: The date of an instant.
date(instant) := substring(instant, 0, 10)

# METADATA
# description: How old the resource is, as text. Groups and functions do not tell when they were made.
age := $"made on {date(input.resource.created_at)}" if {
	input.resource.created_at != ""
} else := $"known for {more_than(input.context.resource_age_days)}"
