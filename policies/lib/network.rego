# METADATA
# title: What rules of security groups let in
package lib.network

# Everybody: also as two halves, or as all public IPv6 space, which pass a check for 0.0.0.0/0 and ::/0 alone.
_anywhere := {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "::/1", "8000::/1", "2000::/3"}

# Ports through which machines and stores are administered. None of them is meant for everybody.
_sensitive := [
	[22, "SSH"], [23, "Telnet"], [445, "SMB"], [1433, "SQL Server"], [1521, "Oracle"], [2049, "NFS"],
	[2375, "Docker"], [2376, "Docker"], [2379, "etcd"], [3306, "MySQL"], [3389, "RDP"], [5432, "PostgreSQL"],
	[5439, "Redshift"], [5601, "Kibana"], [5900, "VNC"], [5985, "WinRM"], [5986, "WinRM"], [6379, "Redis"],
	[9042, "Cassandra"], [9092, "Kafka"], [9200, "Elasticsearch"], [10250, "kubelet"], [11211, "Memcached"],
	[27017, "MongoDB"],
]

# METADATA
# description: >-
#   What the rules let anybody on the Internet reach through which a machine or a store is administered, such as
#   "SSH (22) from 0.0.0.0/0".
openings(rules) := {$"{ports} from {rule.source}" |
	some rule in rules
	rule.source in _anywhere
	rule.direction == "ingress"
	ports := _opens(rule)
}

# METADATA
# description: Ranges of the whole Internet from which the rules let anybody reach the TCP port.
sources_of(rules, port) := {rule.source |
	some rule in rules
	rule.source in _anywhere
	rule.direction == "ingress"
	rule.protocol in {"-1", "tcp"}
	rule.from_port <= port
	rule.to_port >= port
}

# For ICMP the two ports are something else.
_opens(rule) := "all ports" if {
	rule.protocol in {"-1", "tcp"}
	rule.from_port <= 1
	rule.to_port == 65535
} else := concat(", ", ports) if {
	rule.protocol == "tcp"
	ports := [$"{name} ({port})" |
		some [port, name] in _sensitive
		rule.from_port <= port
		rule.to_port >= port
	]
	count(ports) > 0
}
