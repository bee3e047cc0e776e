# METADATA
# title: What teams run
# description: >-
#   Types that somebody chose to run and answers for. What only serves one of these, such as disks, interfaces, subnets and roles, is
#   not asked for tags of its own.
package lib.teams

runs := {
	"asg", "aurora", "dynamodb", "ec2", "ecr", "ecs", "ecs_service", "eks", "elasticache", "elb", "elb_classic", "lambda", "rds",
	"s3", "sqs",
}
