package tests.lib.network

import data.lib.network

rule(fields) := object.union(
	{
		"direction": "ingress",
		"protocol": "tcp",
		"from_port": 22,
		"to_port": 22,
		"source": "0.0.0.0/0",
		"description": "",
	},
	fields,
)

test_ssh_from_anywhere if network.openings([rule({})]) == {"SSH (22) from 0.0.0.0/0"}

test_every_way_to_write_anywhere if {
	every source in ["::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "2000::/3"] {
		network.openings([rule({"source": source})]) == {$"SSH (22) from {source}"}
	}
}

test_a_range_names_every_port_in_it if {
	network.openings([rule({"from_port": 3000, "to_port": 6000})]) == {concat("", [
		"MySQL (3306), RDP (3389), PostgreSQL (5432), Redshift (5439), Kibana (5601), VNC (5900), WinRM (5985), WinRM (5986)",
		" from 0.0.0.0/0",
	])}
}

test_all_ports if {
	network.openings([rule({"protocol": "-1", "from_port": 0, "to_port": 65535})]) == {"all ports from 0.0.0.0/0"}
	network.openings([rule({"from_port": 1, "to_port": 65535})]) == {"all ports from 0.0.0.0/0"}
}

test_what_is_meant_for_everybody if {
	network.openings([rule({"from_port": 443, "to_port": 443}), rule({"from_port": 80, "to_port": 80})]) == set()
}

test_own_ranges_groups_and_outgoing_traffic if {
	network.openings([
		rule({"source": "10.0.0.0/8"}),
		rule({"source": "sg-1", "protocol": "-1", "from_port": 0, "to_port": 65535}),
		rule({"direction": "egress", "protocol": "-1", "from_port": 0, "to_port": 65535}),
	]) == set()
}

test_icmp_types_are_no_ports if network.openings([rule({"protocol": "icmp", "from_port": 8, "to_port": 65535})]) == set()

test_sources_of_a_port if {
	network.sources_of([rule({"from_port": 5000, "to_port": 6000}), rule({"source": "10.0.0.0/8"})], 5432) == {"0.0.0.0/0"}
	network.sources_of([rule({}), rule({"protocol": "udp", "from_port": 0, "to_port": 65535})], 5432) == set()
}

test_sources_of_a_port_are_everybodys if {
	network.sources_of([rule({"from_port": 5432, "to_port": 5432, "source": "10.0.0.0/8"})], 5432) == set()
	network.sources_of([rule({"from_port": 6000, "to_port": 7000})], 5432) == set()
}

test_many_ports_are_not_all_ports if {
	some upper in network.openings([rule({"from_port": 20000, "to_port": 65535})])
	upper == "MongoDB (27017) from 0.0.0.0/0"
	some lower in network.openings([rule({"from_port": 0, "to_port": 30})])
	lower == "SSH (22), Telnet (23) from 0.0.0.0/0"
}

test_udp_administers_nothing if {
	network.openings([rule({"protocol": "udp", "from_port": 0, "to_port": 65535})]) == set()
}
