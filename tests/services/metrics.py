"""A page for Prometheus: what OpenTelemetry counts in this process."""

from fastapi import APIRouter, Response
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

metrics.set_meter_provider(MeterProvider([PrometheusMetricReader()]))
router = APIRouter()


@router.get("/metrics")
def page() -> Response:
    """The counters, as Prometheus reads them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
