"""The OpenTelemetry SDK for Python, as it comes: nothing in here knows of Pegel.

    pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp-proto-grpc
    export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20pgl_...
    python otel_sdk.py http      # or: grpc, with the endpoint http://127.0.0.1:4317
"""

import sys

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
else:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

reader = PeriodicExportingMetricReader(OTLPMetricExporter())
provider = MeterProvider([reader], resource=Resource.create({"service.name": "python-shop"}))
meter = provider.get_meter("python-shop", "1.0.0")

orders = meter.create_counter("shop.orders", unit="{order}", description="Orders that were paid")
basket = meter.create_histogram("shop.basket.value", unit="EUR")
stock = meter.create_up_down_counter("shop.stock", unit="{item}")

for price in (12.5, 80.0, 3.2):
    orders.add(1, {"currency": "EUR"})
    basket.record(price, {"currency": "EUR"})
stock.add(40)
stock.add(-3)

# Exports what is left; what the endpoint refused is logged by the SDK.
sys.exit(0 if provider.force_flush() else 1)
