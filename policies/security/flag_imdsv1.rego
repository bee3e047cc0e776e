package elava.security

import data.lib.origin

# METADATA
# title: Instance that gives its credentials to any request
# description: >-
#   The instance metadata service answers without a session token (IMDSv1), so a request forged on the server's side gets the
#   role's credentials. Where the service is off there is nothing to give.
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
# custom:
#   severity: medium
#   remediation: Set HttpTokens to required.
flag_imdsv1 contains $"IMDSv1 is on: set HttpTokens to required in its metadata options{origin.note}" if {
	input.resource.type == "ec2"
	input.resource.imdsv2_required == false
	not input.resource.metadata.MetadataOptions.HttpEndpoint == "disabled"
}
