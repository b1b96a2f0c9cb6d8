"""A Python program that produces to Kafka itself: one signed MetricBatch on pegel.ingest-direct.v1.

    pip install confluent-kafka fastavro cryptography
    python signed_record.py --brokers localhost:9092 --tenant direct --key BASE64 --schema metric-batch.v1.avsc

The key is the base64 of the 32 bytes of an Ed25519 private key; its public half stands in the tenant's file under direct_keys.
"""

import argparse
import base64
import io
import json
import os
import time

from confluent_kafka import Producer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastavro import parse_schema, schemaless_writer
from fastavro.schema import fingerprint, to_parsing_canonical_form


def batch_of(tenant: str, now_ns: int) -> dict:
    """One gauge with one point; see libs/contracts/schemas for all that a batch may hold."""
    now_ms = now_ns // 1_000_000
    identity = {
        "name": "river.level",
        "kind": "gauge",
        "temporality": "unspecified",
        "monotonic": False,
        "unit": "m",
        "attributes": [{"key": "river", "value": "Elbe"}],
    }
    series = {
        "fingerprint": bytes(8),
        "identity": identity,
        "startTime": None,
        "points": ("pegel.v1.Numbers", {"points": [{"time": 0, "value": 2.75, "flags": 0}]}),
        "exemplars": [],
    }
    group = {
        "baseTime": now_ns,
        "resource": [{"key": "service.name", "value": "python-river"}],
        "scope": {"name": "", "version": "", "attributes": []},
        "series": [series],
    }
    return {
        "tenant": tenant,
        "batchId": os.urandom(16),
        "configVersion": 0,
        "receivedAtMs": now_ms,
        "protocol": "direct",
        "received": 1,
        "refused": [],
        "points": 1,
        "minTimeMs": now_ms,
        "maxTimeMs": now_ms,
        "source": None,
        "codec": "none",
        "keyId": None,
        "body": ("pegel.v1.Points", {"groups": [group]}),
    }


def encode(schema: dict, value: dict) -> bytes:
    """Avro single-object encoding: C3 01, the schema's fingerprint (little endian), the value."""
    out = io.BytesIO()
    crc = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    out.write(b"\xc3\x01" + bytes.fromhex(crc))
    schemaless_writer(out, parse_schema(schema), value)
    return out.getvalue()


def main() -> None:
    options = argparse.ArgumentParser()
    for name in ("brokers", "tenant", "key", "schema"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--topic", default="pegel.ingest-direct.v1")
    given = options.parse_args()

    with open(given.schema, encoding="utf-8") as file:
        value = encode(json.load(file), batch_of(given.tenant, time.time_ns()))
    key = given.tenant.encode()
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(given.key))
    signature = base64.b64encode(private.sign(key + value))

    failures = []
    # murmur2 is what Kafka's own clients use: a tenant's records must share a partition, whoever writes them.
    producer = Producer({"bootstrap.servers": given.brokers, "acks": "all", "partitioner": "murmur2_random"})
    headers = [("pegel-signature", signature)]
    producer.produce(given.topic, value, key, headers=headers, on_delivery=lambda error, _: failures.append(error))
    producer.flush(30)
    if failures != [None]:
        raise SystemExit(f"not acknowledged: {failures}")


if __name__ == "__main__":
    main()
