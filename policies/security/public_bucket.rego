# METADATA
# title: Security
# description: What lets strangers in, or leaves them something to find.
package elava.security

import data.lib.origin
import data.lib.tags

# METADATA
# title: Bucket in prod that anybody can read
# description: >-
#   A policy or an ACL opens the bucket, and its public access block does not shut it; a block of the whole account is not seen
#   here. The tag approved_public says that it is meant so, as for a website.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
# custom:
#   severity: high
#   remediation: Turn on the bucket's public access block, or tag it approved_public with the reason.
deny_public_bucket contains reason if {
	input.resource.type == "s3"
	input.resource.public_read == true
	input.environment == "prod"
	not tags.says_yes("approved_public")
	what := $"Anybody can read it{_news(input.history)}"
	reason := $"{what}: turn on its public access block, or tag it approved_public=<why>{origin.note}"
}

# METADATA
# title: Bucket that anybody can read
# description: The same outside of prod.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
# custom:
#   severity: high
#   remediation: Turn on the bucket's public access block, or tag it approved_public with the reason.
flag_public_bucket contains reason if {
	input.resource.type == "s3"
	input.resource.public_read == true
	input.environment != "prod"
	not tags.says_yes("approved_public")
	what := $"Anybody can read it{_news(input.history)}"
	reason := $"{what}: turn on its public access block, or tag it approved_public=<why>{origin.note}"
}

# METADATA
# title: Bucket without public access block
# description: >-
#   Nobody outside can read it now, but one policy or ACL would open it. New buckets have all four settings since April 2023.
# related_resources:
# - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
# custom:
#   severity: low
#   remediation: Turn on all four settings of the bucket's public access block.
flag_unguarded_bucket contains reason if {
	input.resource.type == "s3"
	input.resource.public_read == false
	off := [setting | some setting, on in input.resource.public_access_block; on == false]
	count(off) > 0
	not tags.says_yes("approved_public")
	reason := $"Its public access block lacks {concat(", ", sort(off))}: turn it on{origin.note}"
}

_news(history) := ", and it was private before" if {
	some earlier in history
	earlier.public_read == false
} else := ""
