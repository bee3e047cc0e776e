# METADATA
# title: What the data are worth
# description: The classification that a tag gives, under its usual names.
package lib.classified

_keys := ["data-classification", "data_classification", "DataClassification", "classification"]

# METADATA
# description: The class, where it is confidential or more; undefined else.
class := name if {
	some key in _keys
	name := lower(input.resource.tags[key])
	name in {"confidential", "phi", "pii", "pci", "restricted", "secret"}
}

default restricted := false

# METADATA
# description: True for the classes whose keys have to be in one's own hands.
restricted if class in {"phi", "pci", "restricted", "secret"}
