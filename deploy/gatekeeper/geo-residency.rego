# METADATA
# title: Workloads and volumes of a namespace stay in the allowed regions
# description: >-
#   A pod is held in a region when its nodeSelector names an allowed one, or when every term of its required node
#   affinity does: terms are alternatives, so one that names no region, or a wrong one, lets the pod out.
package k8sgeoresidency

region_key := "topology.kubernetes.io/region"

allowed := {region | some region in input.parameters.allowedRegions}

thing := input.review.object

kind := input.review.kind.kind

# "" in an audit, which has no request.
operation := object.get(input.review, "operation", "")

# Where each kind has the settings of its pods.
pod_paths := {
	"Pod": ["spec"],
	"Deployment": ["spec", "template", "spec"],
	"StatefulSet": ["spec", "template", "spec"],
	"DaemonSet": ["spec", "template", "spec"],
	"ReplicaSet": ["spec", "template", "spec"],
	"ReplicationController": ["spec", "template", "spec"],
	"Job": ["spec", "template", "spec"],
	"CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
}

pod_path := pod_paths[kind]

pod_spec := object.get(thing, pod_path, {})

violation contains {"msg": msg, "details": {"fault": fault.code}} if {
	not settled
	some fault in faults
	msg := sprintf("%v %v may leave %v (policy %v): %v", [
		kind,
		name_of(thing),
		concat(", ", sort(allowed)),
		input.parameters.policy,
		fault.text,
	])
}

name_of(any) := any.metadata.name

name_of(any) := sprintf("%v*", [any.metadata.generateName]) if not any.metadata.name

# A change of what does not place anything is never refused: controllers must be able to finish with what was there
# before the policy.
settled if {
	operation == "UPDATE"
	placement(thing) == placement(input.review.oldObject)
}

placement(any) := {
	"node": object.get(spec, "nodeName", ""),
	"selector": object.get(spec, ["nodeSelector", region_key], ""),
	"terms": terms_of(spec),
	"claim": object.get(any, ["spec", "claimRef", "namespace"], ""),
	"places": places_of(any),
} if {
	spec := object.get(any, object.get(pod_paths, kind, ["none"]), {})
}

# --- pods

terms_of(spec) := object.get(
	spec,
	["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"],
	[],
)

terms := terms_of(pod_spec)

selected := object.get(pod_spec, ["nodeSelector", region_key], null)

held_by_selector if selected in allowed

faults contains {"code": "node-selector", "text": text} if {
	pod_path
	is_string(selected)
	not selected in allowed
	text := sprintf("spec.nodeSelector asks for region %v; set %v to one of %v", [quoted(selected), region_key, wanted])
}

faults contains {"code": "node-name", "text": text} if {
	pod_path
	node := object.get(pod_spec, "nodeName", "")
	node != ""
	pinned_by_author
	text := sprintf("spec.nodeName pins it to %v past the scheduler; remove nodeName and add %v", [node, remedy])
}

# The scheduler sets nodeName of a pod later, so that says nothing in an audit.
pinned_by_author if kind != "Pod"

pinned_by_author if operation == "CREATE"

faults contains {"code": "no-affinity", "text": text} if {
	pod_path
	not held_by_selector
	not placed_by_daemonset
	count(terms) == 0
	text := sprintf("it has no required node affinity; add %v", [remedy])
}

faults contains {"code": "affinity-term", "text": text} if {
	pod_path
	not held_by_selector
	not placed_by_daemonset
	some i, term in terms
	not term_holds(term)
	text := sprintf("nodeSelectorTerms[%v] %v; terms are alternatives, so each needs {key: %v, operator: In, values: %v}", [
		i,
		reason_of(term),
		region_key,
		wanted,
	])
}

term_holds(term) if {
	some expression in term.matchExpressions
	expression.key == region_key
	expression.operator == "In"
	count(expression.values) > 0
	every value in expression.values {
		value in allowed
	}
}

region_expressions(term) := [expression |
	some expression in object.get(term, "matchExpressions", [])
	expression.key == region_key
]

reason_of(term) := "names no region" if count(region_expressions(term)) == 0

reason_of(term) := sprintf("names regions by %v only, which is not a list of allowed ones", [operators]) if {
	count(region_expressions(term)) > 0
	not listed(term)
	operators := concat(", ", sort({expression.operator | some expression in region_expressions(term)}))
}

reason_of(term) := "names an empty list of regions" if {
	listed(term)
	count(outside(term)) == 0
}

reason_of(term) := sprintf("allows %v", [concat(", ", sort(outside(term)))]) if {
	listed(term)
	count(outside(term)) > 0
}

listed(term) if {
	some expression in region_expressions(term)
	expression.operator == "In"
}

outside(term) := {value |
	some expression in region_expressions(term)
	expression.operator == "In"
	some value in object.get(expression, "values", [])
	not value in allowed
}

# The controller of a DaemonSet replaces the terms of its pods with the node's name, after it has chosen the node by
# the DaemonSet's own terms, which were judged. Who creates a pod cannot be forged; in an audit only the owner is known.
placed_by_daemonset if {
	owned_by_daemonset
	operation == ""
}

placed_by_daemonset if {
	owned_by_daemonset
	operation != ""
	input.review.userInfo.username in input.parameters.daemonSetControllers
}

owned_by_daemonset if {
	kind == "Pod"
	some owner in thing.metadata.ownerReferences
	owner.kind == "DaemonSet"
	owner.controller == true
}

# --- volumes

faults contains {"code": "volume-place", "text": text} if {
	kind == "PersistentVolume"
	object.get(thing, ["spec", "claimRef", "namespace"], "") == input.parameters.namespace
	some place in places_of(thing)
	not place_allowed(place.value)
	text := sprintf("it lies in %v (%v), and is claimed from namespace %v; use a volume in one of %v", [
		place.value,
		place.key,
		input.parameters.namespace,
		wanted,
	])
}

# Every place that a volume names, by label or by node affinity: keys end in /region or /zone, whichever driver it is.
places_of(any) := labelled | affine if {
	labelled := {{"key": key, "value": value} |
		some key, values in object.get(any, ["metadata", "labels"], {})
		is_place(key)
		some value in split(values, "__")
	}
	affine := {{"key": expression.key, "value": value} |
		some term in object.get(any, ["spec", "nodeAffinity", "required", "nodeSelectorTerms"], [])
		some expression in term.matchExpressions
		is_place(expression.key)
		expression.operator == "In"
		some value in expression.values
	}
}

is_place(key) if endswith(key, "/region")

is_place(key) if endswith(key, "/zone")

# eu-central-1a, us-east-1-bos-1a and europe-west1-b begin with their region; us-east-12a is not of us-east-1.
place_allowed(place) if {
	some region in allowed
	startswith(place, region)
	is_rest(substring(place, count(region), -1))
}

is_rest("")

is_rest(rest) if startswith(rest, "-")

is_rest(rest) if {
	count(rest) == 1
	contains("abcdefghijklmnopqrstuvwxyz", rest)
}

# --- words

wanted := sprintf("[%v]", [concat(", ", sort(allowed))])

remedy := sprintf(
	"%v.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions: {key: %v, operator: In, values: %v}",
	[concat(".", pod_path), region_key, wanted],
)

quoted(text) := sprintf("\"%v\"", [text])
