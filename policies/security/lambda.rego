package elava.security

import data.lib.origin
import data.lib.support

# METADATA
# title: Secret in a function's environment
# description: >-
#   A variable looks like a credential in the clear: everybody who may describe the function reads it. An ARN that points at a
#   secret does not count. Values are never kept.
# related_resources:
# - ref: https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
# custom:
#   severity: high
#   remediation: Put it into Secrets Manager or Parameter Store and change it, as it has been readable.
flag_secret_in_environment contains reason if {
	input.resource.type == "lambda"
	count(input.resource.environment_secrets) > 0
	names := concat(", ", input.resource.environment_secrets)
	reason := $"Secrets in the clear in {names}: move them to Secrets Manager, and change them{origin.note}"
}

# METADATA
# title: Runtime that is patched no more
# description: AWS has ended the support of the function's runtime; it gets no security updates.
# related_resources:
# - ref: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
# custom:
#   severity: medium
#   remediation: Move the function to a runtime that is supported.
flag_ended_runtime contains $"{input.resource.runtime} gets no patches since {ended}: move to a newer runtime{origin.note}" if {
	input.resource.type == "lambda"
	ended := support.runtime_ended(input.resource.runtime)
}
