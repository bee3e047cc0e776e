# METADATA
# title: Whom an IAM role trusts
# related_resources:
# - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
package lib.trust

# METADATA
# description: The statements of the trust policy that allow. A policy may have one without a list.
statements contains statement if {
	some statement in input.resource.trust_policy.Statement
	statement.Effect == "Allow"
}

statements contains statement if {
	statement := input.resource.trust_policy.Statement
	statement.Effect == "Allow"
}

# METADATA
# description: Whether a statement is for everybody. A service or a federation cannot be given as "*" alone.
for_anyone(statement) if statement.Principal == "*"

for_anyone(statement) if "*" in _list(statement.Principal.AWS)

# METADATA
# description: The identity provider of a statement for federated users, without "https://".
issuers(statement) := {split(arn, ":oidc-provider/")[1] |
	some arn in _list(statement.Principal.Federated)
}

# METADATA
# description: Whether a statement says which subjects of the issuer it is for.
names_subject(statement, issuer) if {
	some operator, keys in statement.Condition
	startswith(operator, "String")
	some key, value in keys
	lower(key) == $"{issuer}:sub"
	every subject in _list(value) {
		not subject in {"*", "repo:*", "repo:*/*", "repo:*/*:*"}
	}
}

_list(value) := value if is_array(value)

_list(value) := [value] if is_string(value)
