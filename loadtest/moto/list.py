"""Lists an AWS with boto3, apart from the product and from the SDK that the product uses.

Standard input is JSON: [{"account", "region", "role"}], role "" for the caller's own account. The answer is JSON as well:
{"boto3": version, "places": [{"account", "region", "types": {type: {arn: {key: value}}}}]}. Types have the product's names,
ids are ARNs, tags are all that the resource has. Endpoint and keys come from the environment.
"""

import json
import sys

import boto3


class Place:
    """An account and region, and boto3's clients there."""

    def __init__(self, account, region, role):
        self.account = account
        self.region = region
        self.session = boto3.Session(region_name=region, **(credentials(role, region) if role else {}))
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = self.session.client(service)
        return self.clients[service]

    def all(self, service, operation, path, **asked):
        """Every item at the JMESPath of every page. boto3 knows which operations have pages."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return [item for item in getattr(client, operation)(**asked)[path]]
        return [item for item in client.get_paginator(operation).paginate(**asked).search(path) if item is not None]

    def arn(self, service, resource, account=None, region=None):
        account = self.account if account is None else account
        region = self.region if region is None else region
        return f"arn:aws:{service}:{region}:{account}:{resource}"


def credentials(role, region):
    got = boto3.client("sts", region_name=region).assume_role(RoleArn=role, RoleSessionName="boto3")["Credentials"]
    return {
        "aws_access_key_id": got["AccessKeyId"],
        "aws_secret_access_key": got["SecretAccessKey"],
        "aws_session_token": got["SessionToken"],
    }


def pairs(tags, key="Key", value="Value"):
    return {tag[key]: tag.get(value, "") for tag in tags or []}


def in_ec2(operation, path, kind, id_key, tags="Tags", own=True, **asked):
    """A type of EC2, whose answers hold the tags. The ARNs of images and snapshots name no account."""

    def listing(place):
        account = None if own else ""
        items = place.all("ec2", operation, path, **asked)
        return {place.arn("ec2", f"{kind}/{item[id_key]}", account): pairs(item.get(tags)) for item in items}

    return listing


def with_tags(service, operation, path, arn, tags):
    """A type whose answers hold both its ARN and its tags."""

    def listing(place):
        return {item[arn]: pairs(item.get(tags)) for item in place.all(service, operation, path)}

    return listing


def asked_for(service, operation, path, arn, tags_of):
    """A type whose tags are asked for, one resource at a time."""

    def listing(place):
        return {item[arn]: tags_of(place, item[arn]) for item in place.all(service, operation, path)}

    return listing


def s3(place):
    client = place.client("s3")
    found = {}
    for bucket in place.all("s3", "list_buckets", "Buckets[]"):
        name = bucket["Name"]
        if (client.get_bucket_location(Bucket=name)["LocationConstraint"] or "us-east-1") != place.region:
            continue
        try:
            found[f"arn:aws:s3:::{name}"] = pairs(client.get_bucket_tagging(Bucket=name)["TagSet"])
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            found[f"arn:aws:s3:::{name}"] = {}
    return found


def iam_role(place):
    roles = place.all("iam", "list_roles", "Roles[]")
    return {
        role["Arn"]: pairs(place.all("iam", "list_role_tags", "Tags[]", RoleName=role["RoleName"])) for role in roles
    }


def dynamodb(place):
    found = {}
    for name in place.all("dynamodb", "list_tables", "TableNames[]"):
        arn = place.arn("dynamodb", f"table/{name}")
        found[arn] = pairs(place.all("dynamodb", "list_tags_of_resource", "Tags[]", ResourceArn=arn))
    return found


def elb_classic(place):
    client = place.client("elb")
    found = {}
    for balancer in place.all("elb", "describe_load_balancers", "LoadBalancerDescriptions[]"):
        name = balancer["LoadBalancerName"]
        tags = client.describe_tags(LoadBalancerNames=[name])["TagDescriptions"][0]["Tags"]
        found[place.arn("elasticloadbalancing", f"loadbalancer/{name}")] = pairs(tags)
    return found


def eks(place):
    client = place.client("eks")
    clusters = [client.describe_cluster(name=name)["cluster"] for name in place.all("eks", "list_clusters", "clusters[]")]
    return {cluster["arn"]: cluster.get("tags", {}) for cluster in clusters}


def ecs_tags(place, arn):
    tags = place.client("ecs").list_tags_for_resource(resourceArn=arn).get("tags", [])
    return pairs(tags, "key", "value")


def ecs(place):
    return {arn: ecs_tags(place, arn) for arn in place.all("ecs", "list_clusters", "clusterArns[]")}


def ecs_service(place):
    clusters = place.all("ecs", "list_clusters", "clusterArns[]")
    services = [arn for one in clusters for arn in place.all("ecs", "list_services", "serviceArns[]", cluster=one)]
    return {arn: ecs_tags(place, arn) for arn in services}


def kms(place):
    found = {}
    for key in place.all("kms", "list_keys", "Keys[]"):
        tags = place.all("kms", "list_resource_tags", "Tags[]", KeyId=key["KeyId"])
        found[key["KeyArn"]] = pairs(tags, "TagKey", "TagValue")
    return found


def route53(place):
    client = place.client("route53")
    found = {}
    for zone in place.all("route53", "list_hosted_zones", "HostedZones[]"):
        name = zone["Id"].removeprefix("/hostedzone/")
        tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=name)["ResourceTagSet"]["Tags"]
        found[f"arn:aws:route53:::hostedzone/{name}"] = pairs(tags)
    return found


def log_group(place):
    client = place.client("logs")
    groups = place.all("logs", "describe_log_groups", "logGroups[]")
    arns = [place.arn("logs", f"log-group:{group['logGroupName']}") for group in groups]
    return {arn: client.list_tags_for_resource(resourceArn=arn).get("tags", {}) for arn in arns}


def sqs(place):
    client = place.client("sqs")
    found = {}
    for url in place.all("sqs", "list_queues", "QueueUrls[]"):
        arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        found[arn] = client.list_queue_tags(QueueUrl=url).get("Tags", {})
    return found


def balancer_tags(place, arn):
    return pairs(place.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


def function_tags(place, arn):
    return place.client("lambda").list_tags(Resource=arn).get("Tags", {})


def cache_tags(place, arn):
    return pairs(place.client("elasticache").list_tags_for_resource(ResourceName=arn)["TagList"])


def repository_tags(place, arn):
    return pairs(place.client("ecr").list_tags_for_resource(resourceArn=arn).get("tags"))


LIVE = "Reservations[].Instances[] | [?State.Name != 'terminated']"

TYPES = {
    "ec2": in_ec2("describe_instances", LIVE, "instance", "InstanceId"),
    "ebs": in_ec2("describe_volumes", "Volumes[]", "volume", "VolumeId"),
    "snapshot": in_ec2(
        "describe_snapshots", "Snapshots[]", "snapshot", "SnapshotId", own=False, OwnerIds=["self"]
    ),
    "ami": in_ec2("describe_images", "Images[]", "image", "ImageId", own=False, Owners=["self"]),
    "security_group": in_ec2("describe_security_groups", "SecurityGroups[]", "security-group", "GroupId"),
    "vpc": in_ec2("describe_vpcs", "Vpcs[]", "vpc", "VpcId"),
    "subnet": in_ec2("describe_subnets", "Subnets[]", "subnet", "SubnetId"),
    "nat_gateway": in_ec2("describe_nat_gateways", "NatGateways[?State != 'deleted']", "natgateway", "NatGatewayId"),
    "eip": in_ec2("describe_addresses", "Addresses", "elastic-ip", "AllocationId"),
    "eni": in_ec2(
        "describe_network_interfaces", "NetworkInterfaces[]", "network-interface", "NetworkInterfaceId", "TagSet"
    ),
    "rds": with_tags("rds", "describe_db_instances", "DBInstances[]", "DBInstanceArn", "TagList"),
    "aurora": with_tags("rds", "describe_db_clusters", "DBClusters[]", "DBClusterArn", "TagList"),
    "asg": with_tags(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[]", "AutoScalingGroupARN", "Tags"
    ),
    "elb": asked_for("elbv2", "describe_load_balancers", "LoadBalancers[]", "LoadBalancerArn", balancer_tags),
    "target_group": asked_for("elbv2", "describe_target_groups", "TargetGroups[]", "TargetGroupArn", balancer_tags),
    "lambda": asked_for("lambda", "list_functions", "Functions[]", "FunctionArn", function_tags),
    "elasticache": asked_for("elasticache", "describe_cache_clusters", "CacheClusters[]", "ARN", cache_tags),
    "ecr": asked_for("ecr", "describe_repositories", "repositories[]", "repositoryArn", repository_tags),
    "s3": s3,
    "iam_role": iam_role,
    "dynamodb": dynamodb,
    "elb_classic": elb_classic,
    "eks": eks,
    "ecs": ecs,
    "ecs_service": ecs_service,
    "kms": kms,
    "route53": route53,
    "log_group": log_group,
    "sqs": sqs,
}


def listed(asked):
    place = Place(asked["account"], asked["region"], asked["role"])
    types = {name: listing(place) for name, listing in TYPES.items()}
    return {"account": place.account, "region": place.region, "types": types}


json.dump({"boto3": boto3.__version__, "places": [listed(asked) for asked in json.load(sys.stdin)]}, sys.stdout)
