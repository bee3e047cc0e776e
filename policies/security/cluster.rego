package elava.security

import data.lib.origin
import data.lib.support

# METADATA
# title: API server that strangers can reach
# description: >-
#   The endpoint of the EKS cluster answers the whole Internet; only its credentials and the next flaw of Kubernetes stand between.
# related_resources:
# - ref: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
# custom:
#   severity: high
#   remediation: Limit the endpoint to your own ranges, or make it private.
flag_public_api contains $"Its API server can be reached from anywhere: limit it to your own ranges{origin.note}" if {
	input.resource.type == "eks"
	input.resource.public == true
}

# METADATA
# title: Secrets of the cluster under no key of your own
# description: The Secrets of Kubernetes are not encrypted with a KMS key, so that nobody here can revoke or log their use.
# related_resources:
# - ref: https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
# custom:
#   severity: low
#   remediation: Turn on envelope encryption with a KMS key; it cannot be turned off again.
flag_plain_secrets contains $"Its Secrets are under no key of your own: turn on envelope encryption{origin.note}" if {
	input.resource.type == "eks"
	input.resource.secrets_encrypted == false
}

# METADATA
# title: Kubernetes out of standard support
# description: The version of the EKS cluster has ended. What comes after is Extended Support, at six times the price, and ends too.
# related_resources:
# - ref: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
# custom:
#   severity: medium
#   remediation: Upgrade the control plane one minor version at a time, then the nodes.
flag_ended_kubernetes contains reason if {
	input.resource.type == "eks"
	ended := support.kubernetes_ended(input.resource.version)
	reason := $"Kubernetes {input.resource.version} has no standard support since {ended}: upgrade it{origin.note}"
}
