"""Makes the calls that it is told on standard input, one JSON line each, and says how botocore read the answers.

A line has service, operation, input and output (what the server will answer). What botocore's models do not know is left
out of both: the two SDKs are released on different days. The answer has the input as sent, and what differs in the output.
"""

import base64
import datetime
import decimal
import json
import sys

from botocore.config import Config
from botocore.session import Session

ENDPOINT = sys.argv[1]
CONFIG = Config(
    retries={"total_max_attempts": 1},
    parameter_validation=False,
    inject_host_prefix=False,
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    read_timeout=20,
)
SESSION = Session()
CLIENTS = {}


def client(service):
    if service not in CLIENTS:
        made = SESSION.create_client(
            service,
            region_name="us-east-1",
            endpoint_url=ENDPOINT,
            aws_access_key_id="AKIDTEST",
            aws_secret_access_key="secret",
            config=CONFIG,
        )
        CLIENTS[service] = made
    return CLIENTS[service]


def decoded(value):
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$date" in value:
        return datetime.datetime.fromtimestamp(value["$date"] / 1000, datetime.timezone.utc)
    if "$blob" in value:
        return base64.b64decode(value["$blob"])
    if "$number" in value:
        return decimal.Decimal(value["$number"])
    return {name: decoded(item) for name, item in value.items()}


def known(shape, value):
    """The value without the members that the model lacks."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False) and isinstance(value, dict):
        return {name: known(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [known(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: known(shape.value, item) for name, item in value.items()}
    return value


def plain(value):
    """Comparable, and fit for JSON."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return {"$date": round(value.timestamp() * 1000)}
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, (decimal.Decimal, float)) or (isinstance(value, int) and abs(value) > 2**53):
        return float(value)
    return value


def difference(expected, found, path=""):
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(set(expected) | set(found)):
            if name not in found or name not in expected:
                return f"{path}.{name} is {'missing' if name not in found else 'too much'}"
            told = difference(expected[name], found[name], f"{path}.{name}")
            if told:
                return told
        return ""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        told = [difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(expected, found))]
        return next((text for text in told if text), "")
    return "" if expected == found else f"{path} is {found!r}, not {expected!r}"


def call(line):
    service, operation = line["service"], line["operation"]
    api = client(service)
    if operation not in api.meta.service_model.operation_names:
        return {"unknown": True}
    model = api.meta.service_model.operation_model(operation)
    given = known(model.input_shape, decoded(line["input"])) if model.input_shape else {}
    expected = known(model.output_shape, decoded(line["output"])) if model.output_shape else {}
    sent = plain(given)
    try:
        answer = api._make_api_call(operation, given)
    except Exception as error:  # whatever botocore makes of the answer is the finding
        return {"sent": sent, "difference": f"{type(error).__name__}: {error}"[:300]}
    answer.pop("ResponseMetadata", None)
    return {"sent": sent, "difference": difference(plain(expected), plain(answer))}


for text in sys.stdin:
    print(json.dumps(call(json.loads(text))), flush=True)
