FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/wasap
COPY requirements.lock ./
RUN /opt/wasap/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY graph graph
COPY tools tools
COPY store store
COPY prompts prompts
COPY evals evals
# More than requirements.lock has: docker compose build --build-arg EXTRAS=voice
ARG EXTRAS=
RUN /opt/wasap/bin/pip install --no-deps --no-build-isolation . \
    && if [ -n "$EXTRAS" ]; then /opt/wasap/bin/pip install --no-build-isolation ".[$EXTRAS]"; fi \
    && /opt/wasap/bin/python -m compileall -q -j 0 /opt/wasap/lib

FROM python:3.13-slim
# LANGGRAPH_STRICT_MSGPACK: a checkpoint may hold messages and plain values, nothing else.
ENV PATH=/opt/wasap/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANGGRAPH_STRICT_MSGPACK=true \
    DATA_DIR=/data \
    MODELS_DIR=/data/models \
    HOST=0.0.0.0 \
    EMBEDDED=never
RUN useradd --uid 10001 --create-home wasap && install -d -o wasap -g wasap /data
COPY --from=build /opt/wasap /opt/wasap
USER 10001
WORKDIR /home/wasap
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", \"8000\")}/health', timeout=2)"]
CMD ["wasap", "serve"]
