"""The floor for the webhook: a FastAPI route that reads the body and answers."""

import sys

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/webhook")
async def read(request: Request) -> Response:
    """Read the body, do nothing with it."""
    await request.body()
    return Response()


@app.get("/health")
async def health() -> dict[str, str]:
    """Up."""
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="critical")
