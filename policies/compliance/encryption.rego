# METADATA
# title: Compliance
# description: What auditors ask for in production, as encryption, backups and protection, and the rules that the context brings.
package elava.compliance

import data.lib.classified
import data.lib.origin

# METADATA
# title: Database in prod is not encrypted
# description: >-
#   Storage, backups and replicas of the instance lie in the clear. It cannot be turned on in place.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
# custom:
#   severity: high
#   remediation: Copy a snapshot with encryption, restore it and switch over.
deny_unencrypted_database contains reason if {
	input.resource.type in {"aurora", "rds"}
	input.environment == "prod"
	input.resource.encrypted == false
	reason := $"A database in prod must be encrypted: copy a snapshot with encryption and restore that{origin.note}"
}

# METADATA
# title: Classified data in the clear
# description: The tag says that the data are confidential or more, and they are not encrypted at rest. In any environment.
# related_resources:
# - ref: https://docs.aws.amazon.com/whitepapers/latest/data-classification/data-classification.html
# custom:
#   severity: high
#   remediation: Encrypt the store, or correct the tag.
deny_classified_unencrypted contains $"It holds {class} data in the clear: encrypt it, or correct the tag{origin.note}" if {
	input.resource.encrypted == false
	class := classified.class
}

# METADATA
# title: Classified data that strangers can reach
# description: >-
#   The tag says that the data are confidential or more, and strangers can reach it: a public bucket, image or queue, a database. The tag
#   approved_public does not excuse it.
# related_resources:
# - ref: https://docs.aws.amazon.com/whitepapers/latest/data-classification/data-classification.html
# custom:
#   severity: high
#   remediation: Take the public access away, or correct the tag.
deny_classified_public contains $"It holds {class} data and is public: close it, or correct the tag{origin.note}" if {
	_public(input.resource)
	class := classified.class
}

# METADATA
# title: Restricted data without a key of your own
# description: >-
#   Encrypted with a key of AWS, which nobody here can revoke, log the use of or destroy. Asked for restricted data only.
# related_resources:
# - ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   severity: medium
#   remediation: Encrypt it with a customer managed KMS key.
flag_restricted_key contains $"It holds {classified.class} data under a key of AWS: use a KMS key of your own{origin.note}" if {
	input.resource.encrypted == true
	not input.resource.kms_key_id
	classified.restricted
}

_public(resource) if resource.public_read == true

_public(resource) if resource.public == true

_public(resource) if resource.publicly_accessible == true
