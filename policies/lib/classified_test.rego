package tests.lib.classified

import data.lib.classified
import data.lib.samples

test_class_under_any_name if {
	every key in ["data-classification", "data_classification", "DataClassification", "classification"] {
		classified.class == "confidential" with input as samples.tagged("s3", {key: "Confidential"})
	}
}

test_public_and_internal_are_no_class if {
	every value in ["public", "internal", ""] {
		not classified.class with input as samples.tagged("s3", {"data-classification": value})
	}
	not classified.class with input as samples.sound("s3")
}

test_restricted if {
	classified.restricted with input as samples.tagged("s3", {"data-classification": "PCI"})
	not classified.restricted with input as samples.tagged("s3", {"data-classification": "confidential"})
	not classified.restricted with input as samples.sound("s3")
}

test_another_tag_does_not_classify if {
	not classified.class with input as samples.tagged("s3", {"notes": "pii"})
}
