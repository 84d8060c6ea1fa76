"""The FastAPI app: Graph routes, the phone's routes, the controls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.same_origin import SameOrigin
from app.simulator import business, control, graph_api, phone
from app.simulator.config import SimulatorConfig
from app.simulator.errors import GraphError
from app.simulator.headers import Headers
from app.simulator.requests_log import RequestsLog
from app.simulator.state import Simulator


def create_app(config: SimulatorConfig) -> FastAPI:
    """A simulator as an ASGI app. Serve it with `serving.server` so that faults can cut lines."""
    simulator = Simulator.build(config)
    app = FastAPI(
        title="Stand-in for Meta's Graph API",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.simulator = simulator
    app.add_middleware(Headers, simulator=simulator)
    app.add_middleware(RequestsLog, log=simulator.requests)
    app.add_middleware(SameOrigin, hosts=config.hosts)
    app.add_exception_handler(GraphError, _graph_error)
    app.include_router(control.router)
    app.include_router(phone.router)
    app.include_router(business.app_router)
    app.include_router(business.router)
    app.include_router(graph_api.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.simulator.faults.clear()
    await app.state.simulator.webhooks.aclose()


async def _graph_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, GraphError):
        raise error
    return JSONResponse(error.body(), error.status)
