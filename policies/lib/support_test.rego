package tests.lib.support

import data.lib.samples
import data.lib.support

test_a_runtime_ends_on_its_date if {
	support.runtime_ended("python3.9") == "2025-12-15" with input as samples.sound("lambda")
	not support.runtime_ended("python3.9") with input.context.now as "2025-12-14T23:59:59.000Z"
	support.runtime_ended("python3.9") with input.context.now as "2025-12-15T00:00:00.000Z"
}

test_supported_and_unknown_runtimes if {
	every runtime in ["nodejs22.x", "python3.13", "provided.al2023", "something.new"] {
		not support.runtime_ended(runtime) with input as samples.sound("lambda")
	}
}

test_engines_by_the_beginning_of_the_version if {
	support.engine_ended("postgres", "13.20") == "2026-02-28" with input as samples.sound("rds")
	support.engine_ended("mysql", "5.7.44-rds.20240529") == "2024-02-29" with input as samples.sound("rds")
}

test_a_kubernetes_ends_on_its_date if {
	support.kubernetes_ended("1.33") == "2026-07-29" with input as samples.sound("eks")
	not support.kubernetes_ended("1.33") with input.context.now as "2026-07-28T23:59:59.000Z"
	not support.kubernetes_ended("1.34") with input as samples.sound("eks")
}

test_supported_engines if {
	every pair in [["postgres", "16.4"], ["mysql", "8.4.3"], ["mariadb", "10.11.8"], ["oracle-ee", "12.1"]] {
		not support.engine_ended(pair[0], pair[1]) with input as samples.sound("rds")
	}
}

test_an_engine_ends_on_its_date if {
	not support.engine_ended("mysql", "8.0.39") with input.context.now as "2026-07-30T23:59:59.000Z"
	support.engine_ended("mysql", "8.0.39") == "2026-07-31" with input.context.now as "2026-07-31T00:00:00.000Z"
}
