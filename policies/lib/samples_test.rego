# METADATA
# title: Inputs for the tests of the rules
# description: A sound resource of each type in prod, owned and tagged, of which no shipped rule has anything to say.
package lib.samples

import data.elava

now := "2026-11-20T12:00:00.000Z"

types := object.keys(_fields)

# METADATA
# description: The input of a sound resource of the type.
sound(type) := {
	"resource": object.union(_common(type), _fields[type]),
	"history": [],
	"context": object.union(_context, {"resource_age_days": object.get(_ages, type, 400.5)}),
	"environment": "prod",
	"attribution": _attribution,
}

# METADATA
# description: The same with fields of the resource put in the place of its own.
having(type, fields) := _replace(sound(type), ["resource"], fields)

# METADATA
# description: The same with tags laid over its own; "" is how a tag that is not there reads.
tagged(type, tags) := object.union(sound(type), {"resource": {"tags": tags}})

# METADATA
# description: The same with no tags but the two that every input has.
untagged(type) := having(type, {"tags": {"elava_owner": "", "owner": ""}})

# METADATA
# description: The same without fields of the resource, as where AWS did not tell them.
lacking(type, keys) := json.patch(sound(type), [{"op": "remove", "path": ["resource", key]} | some key in keys])

# METADATA
# description: An input of another environment.
within(base, environment) := object.union(base, {"environment": environment, "context": {"environment": environment}})

# METADATA
# description: An input with other facts in its context.
knowing(base, facts) := _replace(base, ["context"], facts)

# METADATA
# description: An input whose resource had other fields in earlier versions, newest first.
once(base, versions) := object.union(base, {"history": [object.union(base.resource, version) | some version in versions]})

# METADATA
# description: An input with an attribution.
by(base, attribution) := object.union(base, {"attribution": attribution})

_replace(base, path, fields) := json.patch(base, [{"op": "add", "path": array.concat(path, [key]), "value": value} |
	some key, value in fields
])

_context := {
	"account": "210000000001",
	"region": "eu-west-1",
	"environment": "prod",
	"team_policies": [],
	"compliance_rules": [],
	"now": now,
	"last_seen_days": 0.01,
	"state_since_days": 20.5,
	"change_frequency": 0,
	"last_actor": "",
	"coverage": "complete",
}

# A sound snapshot is a young one.
_ages := {"snapshot": 19.5}

_attribution := {
	"actor": "",
	"actor_kind": "",
	"actor_chain": [],
	"event": "",
	"method": "",
	"confidence": 0,
	"explanation": "",
}

_common(type) := {
	"id": $"arn:aws:x:eu-west-1:210000000001:{type}/sample",
	"provider": "aws",
	"account": "210000000001",
	"region": "eu-west-1",
	"type": type,
	"name": "sample",
	"status": "",
	"tags": {"elava_owner": "", "owner": "payments", "environment": "prod", "cost-center": "CC-1010"},
	"created_at": "2025-10-16T00:00:00.000Z",
	"refs": [],
	"metadata": {},
}

_rules := [
	{"direction": "ingress", "protocol": "tcp", "from_port": 443, "to_port": 443, "source": "0.0.0.0/0", "description": ""},
	{"direction": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22, "source": "10.0.0.0/8", "description": ""},
	{"direction": "egress", "protocol": "-1", "from_port": 0, "to_port": 65535, "source": "0.0.0.0/0", "description": ""},
]

_fields := {
	"dynamodb": {
		"status": "ACTIVE",
		"billing_mode": "PAY_PER_REQUEST",
		"read_capacity": 0,
		"write_capacity": 0,
		"encrypted": true,
		"point_in_time_recovery": true,
		"deletion_protection": true,
		"stream": false,
		"indexes": [],
		"item_count": 1200,
		"table_size_bytes": 307200,
	},
	"ebs": {
		"status": "in-use",
		"encrypted": true,
		"kms_key_id": "arn:aws:kms:eu-west-1:210000000001:key/1",
		"size_gib": 100,
		"volume_type": "gp3",
		"iops": 3000,
		"throughput": 125,
		"attached": true,
		"attachments": [{
			"instance_id": "i-1",
			"device": "/dev/xvda",
			"attached_at": "2025-10-16T00:00:00.000Z",
			"delete_on_termination": true,
		}],
	},
	"ec2": {
		"status": "running",
		"instance_type": "m7g.large",
		"public_ip": "203.0.113.10",
		"imdsv2_required": true,
		"detailed_monitoring": false,
		"security_group_ids": ["arn:aws:ec2:eu-west-1:210000000001:security-group/sg-1"],
		"volume_ids": ["arn:aws:ec2:eu-west-1:210000000001:volume/vol-1"],
		"security_groups": _rules,
		"metadata": {"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}},
	},
	"iam_role": {
		"region": "global",
		"path": "/",
		"service_linked": false,
		"trust_policy": {"Version": "2012-10-17", "Statement": [{
			"Effect": "Allow",
			"Principal": {"Service": "ec2.amazonaws.com"},
			"Action": "sts:AssumeRole",
		}]},
		"trusted": ["ec2.amazonaws.com"],
		"last_used": "2026-11-19T00:00:00.000Z",
		"last_used_region": "eu-west-1",
		"attached_policies": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
		"inline_policies": [],
	},
	"lambda": {
		"status": "Active",
		"created_at": "",
		"runtime": "nodejs22.x",
		"last_modified": "2026-10-01T00:00:00.000Z",
		"architectures": ["arm64"],
		"environment_names": ["LOG_LEVEL"],
		"environment_secrets": [],
		"security_group_ids": [],
		"security_groups": [],
	},
	"rds": {
		"status": "available",
		"encrypted": true,
		"kms_key_id": "arn:aws:kms:eu-west-1:210000000001:key/1",
		"publicly_accessible": false,
		"multi_az": true,
		"backup_retention_days": 14,
		"deletion_protection": true,
		"engine": "postgres",
		"engine_version": "16.4",
		"instance_class": "db.m7g.large",
		"port": 5432,
		"security_group_ids": ["arn:aws:ec2:eu-west-1:210000000001:security-group/sg-1"],
		"security_groups": _rules,
	},
	"s3": {
		"public_read": false,
		"encrypted": true,
		"encryption": "AES256",
		"versioning": true,
		"mfa_delete": false,
		"public_access_block": {
			"block_public_acls": true,
			"ignore_public_acls": true,
			"block_public_policy": true,
			"restrict_public_buckets": true,
		},
	},
	"security_group": {
		"created_at": "",
		"vpc_id": "vpc-1",
		"description": "web",
		"default": false,
		"rules": _rules,
	},
	"snapshot": {
		"status": "completed",
		"created_at": "2026-11-01T00:00:00.000Z",
		"volume_id": "vol-1",
		"size_gib": 100,
		"encrypted": true,
		"kms_key_id": "arn:aws:kms:eu-west-1:210000000001:key/1",
		"start_time": "2026-11-01T00:00:00.000Z",
		"storage_tier": "standard",
		"description": "nightly",
	},
}

# METADATA
# description: Every rule of every shipped package that says something of the input, as "package.rule".
voices contains $"{package_name}.{rule}" if {
	some package_name, rules in elava
	some rule, value in rules
	not value in [set(), false]
}
