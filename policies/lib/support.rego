# METADATA
# title: Until when AWS supports a version
# description: >-
#   Dates as AWS publishes them, each table with where they were read and of when that is. What AWS itself says now is told by
#   `aws eks describe-cluster-versions` and `aws rds describe-db-major-engine-versions`. Dates that AWS may still move are left
#   out: a wrong date here is a false alarm for everybody.
# related_resources:
# - ref: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
# - ref: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.VersionPolicy.html
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html
# - ref: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
package lib.support

# Of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: awslabs/aws-service-eol-data of 2026-09-13; what had
# ended by 2023, endoflife.date of December 2023.
_runtimes := {
	"dotnet5.0": "2022-05-10",
	"dotnet6": "2024-12-20",
	"dotnet7": "2024-05-14",
	"dotnetcore1.0": "2019-07-30",
	"dotnetcore2.0": "2019-05-30",
	"dotnetcore2.1": "2022-01-05",
	"dotnetcore3.1": "2023-04-03",
	"go1.x": "2024-01-08",
	"java8": "2024-01-08",
	"nodejs": "2016-10-31",
	"nodejs10.x": "2021-07-30",
	"nodejs12.x": "2023-03-31",
	"nodejs14.x": "2023-12-04",
	"nodejs16.x": "2024-06-12",
	"nodejs18.x": "2025-09-01",
	"nodejs20.x": "2026-04-30",
	"nodejs22.x": "2027-04-30",
	"nodejs4.3": "2020-03-05",
	"nodejs4.3-edge": "2019-04-30",
	"nodejs6.10": "2019-08-12",
	"nodejs8.10": "2020-03-06",
	"provided": "2024-01-08",
	"python2.7": "2021-07-15",
	"python3.6": "2022-07-18",
	"python3.7": "2023-12-04",
	"python3.8": "2024-10-14",
	"python3.9": "2025-12-15",
	"ruby2.5": "2021-07-30",
	"ruby2.7": "2023-12-07",
	"ruby3.2": "2026-03-31",
	"ruby3.3": "2027-03-31",
}

# METADATA
# description: The date since when AWS patches the Lambda runtime no more. Undefined while it does.
runtime_ended(runtime) := ended if {
	ended := _runtimes[runtime]
	input.context.now > ended
}

# Of https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html: awsdocs/amazon-eks-user-guide and
# awslabs/aws-service-eol-data of 2026-09-13; before 1.29, endoflife.date of December 2025.
_kubernetes := {
	"1.24": "2024-01-31",
	"1.25": "2024-05-01",
	"1.26": "2024-06-11",
	"1.27": "2024-07-24",
	"1.28": "2024-11-26",
	"1.29": "2025-03-23",
	"1.30": "2025-07-23",
	"1.31": "2025-11-26",
	"1.32": "2026-03-23",
	"1.33": "2026-07-29",
	"1.34": "2026-12-02",
}

# METADATA
# description: The date since when the version of Kubernetes has no standard support on EKS. Undefined while it has.
kubernetes_ended(version) := ended if {
	ended := _kubernetes[version]
	input.context.now > ended
}

# Of major versions, as engine and beginning of the version. What comes after them is Extended Support, which is charged for.
# MySQL and PostgreSQL from 11, Aurora MySQL: awslabs/aws-service-eol-data of 2026-09-13, of AWS's release calendars. MariaDB:
# endoflife.date of April 2026. PostgreSQL 9 and 10, Aurora PostgreSQL 12: endoflife.date. Aurora PostgreSQL 11 and 13 were found
# with the same dates as those of RDS only in others' tables, reviewed in July 2026.
_engines := [
	["aurora-mysql", "5.7.", "2024-10-31"],
	["aurora-postgresql", "11.", "2024-02-29"],
	["aurora-postgresql", "12.", "2025-02-28"],
	["aurora-postgresql", "13.", "2026-02-28"],
	["mariadb", "10.3.", "2023-10-23"],
	["mariadb", "10.4.", "2025-02-28"],
	["mariadb", "10.5.", "2026-02-28"],
	["mariadb", "10.6.", "2026-08-31"],
	["mysql", "5.6.", "2022-03-01"],
	["mysql", "5.7.", "2024-02-29"],
	["mysql", "8.0.", "2026-07-31"],
	["postgres", "9.", "2022-04-30"],
	["postgres", "10.", "2023-04-30"],
	["postgres", "11.", "2024-02-29"],
	["postgres", "12.", "2025-02-28"],
	["postgres", "13.", "2026-02-28"],
]

# METADATA
# description: The date since when the engine's version has no standard support. Undefined while it has.
engine_ended(engine, version) := ended if {
	some [name, beginning, ended] in _engines
	name == engine
	startswith(version, beginning)
	input.context.now > ended
}
