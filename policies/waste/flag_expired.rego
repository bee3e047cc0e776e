package elava.waste

import data.lib.origin

# METADATA
# title: Past the date on its tag
# description: A tag says until when it is needed, as a date (2026-11-20) or an instant, and that has passed.
# custom:
#   severity: medium
#   remediation: Remove it, or put a later date into the tag.
flag_expired contains $"{key}={value} has passed: remove it, or put a later date there{origin.note}" if {
	some key in ["expires", "expiry", "expires-at", "expires_at", "elava_expires"]
	value := input.resource.tags[key]
	_is_date(value)

	# Both are ISO 8601, so they compare as text. A date's own day still counts.
	value < substring(input.context.now, 0, count(value))
}

# Anything that is written in another way cannot be compared.
_is_date(value) if {
	startswith(value, "20")
	substring(value, 4, 1) == "-"
	substring(value, 7, 1) == "-"
	count(value) >= 10
}
