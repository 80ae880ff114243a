"""The service of the page "Streaming from FastAPI", with its metrics."""

from tests.services import metrics
from tests.services.streaming import app

app.include_router(metrics.router)
