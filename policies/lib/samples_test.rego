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
	"owner": "",
	"gone_refs": [],
	"last_actor": "",
	"coverage": "complete",
}

# A sound snapshot or image is a young one.
_ages := {"ami": 19.5, "snapshot": 19.5}

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

_fields := object.union(_to_elb_classic, _from_eni)

_to_elb_classic := {
	"ami": {
		"status": "available",
		"created_at": "2026-11-01T00:00:00.000Z",
		"public": false,
		"encrypted": true,
		"architecture": "arm64",
		"root_device_type": "ebs",
		"imdsv2_required": true,
		"snapshot_ids": ["arn:aws:ec2:eu-west-1::snapshot/snap-1"],
	},
	"asg": {
		"min_size": 2,
		"max_size": 6,
		"desired_capacity": 2,
		"instance_ids": [],
		"launch_template": "lt-1",
		"mixed_instances": false,
		"health_check_type": "ELB",
		"suspended_processes": [],
		"availability_zones": ["eu-west-1a", "eu-west-1b"],
		"propagated_tags": ["owner"],
	},
	"aurora": {
		"status": "available",
		"encrypted": true,
		"kms_key_id": "arn:aws:kms:eu-west-1:210000000001:key/1",
		"publicly_accessible": false,
		"multi_az": true,
		"backup_retention_days": 14,
		"deletion_protection": true,
		"engine": "aurora-postgresql",
		"engine_version": "16.6",
		"port": 5432,
		"members": ["a", "b"],
		"security_group_ids": ["arn:aws:ec2:eu-west-1:210000000001:security-group/sg-1"],
		"security_groups": _rules,
	},
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
	"ecr": {
		"uri": "210000000001.dkr.ecr.eu-west-1.amazonaws.com/web",
		"scan_on_push": true,
		"immutable_tags": true,
		"encrypted": true,
		"encryption": "AES256",
	},
	"ecs": {
		"status": "ACTIVE",
		"container_insights": "enabled",
		"services": 3,
		"running_tasks": 6,
		"pending_tasks": 0,
		"container_instances": 0,
	},
	"ecs_service": {
		"status": "ACTIVE",
		"cluster": "web",
		"desired_count": 2,
		"running_count": 2,
		"pending_count": 0,
		"launch_type": "FARGATE",
		"assigns_public_ip": false,
		"exec_enabled": false,
		"circuit_breaker": true,
		"security_groups": _rules,
	},
	"eip": {
		"created_at": "",
		"public_ip": "203.0.113.20",
		"associated": true,
		"provider_owned": false,
	},
	"eks": {
		"status": "ACTIVE",
		"version": "1.34",
		"public": false,
		"public_endpoint": true,
		"private_endpoint": true,
		"public_access_cidrs": ["198.51.100.0/24"],
		"log_types": ["api", "audit", "authenticator"],
		"secrets_encrypted": true,
		"kms_key_id": "arn:aws:kms:eu-west-1:210000000001:key/1",
		"security_groups": _rules,
	},
	"elasticache": {
		"status": "available",
		"engine": "valkey",
		"engine_version": "8.0.1",
		"node_type": "cache.m7g.large",
		"nodes": 2,
		"encrypted": true,
		"transit_encrypted": true,
		"auth_token": false,
		"snapshot_retention_days": 7,
		"security_groups": _rules,
	},
	"elb": {
		"status": "active",
		"load_balancer_type": "application",
		"scheme": "internet-facing",
		"internet_facing": true,
		"listeners": [{"port": 443, "protocol": "HTTPS", "tls": true, "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, {"port": 80, "protocol": "HTTP", "tls": false, "redirects": true}],
		"target_group_ids": ["arn:aws:elasticloadbalancing:eu-west-1:210000000001:targetgroup/web/1"],
		"security_groups": _rules,
	},
	"elb_classic": {
		"internet_facing": true,
		"scheme": "internet-facing",
		"instance_ids": ["arn:aws:ec2:eu-west-1:210000000001:instance/i-1"],
		"listeners": [{"port": 443, "protocol": "HTTPS", "tls": true}],
		"security_groups": _rules,
	},
}

# METADATA
# description: Every rule of every shipped package that says something of the input, as "package.rule".
voices contains $"{package_name}.{rule}" if {
	some package_name, rules in elava
	some rule, value in rules
	not value in [set(), false]
}
