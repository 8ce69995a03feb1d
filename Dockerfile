# Stage one installs the locked dependencies; stage two carries only what runs.
FROM python:3.11-slim AS build
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
# llama.cpp is linked against the OpenMP runtime, which the slim image leaves out.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin afterword \
 && install -d -o afterword /data
COPY --from=build /venv /venv
COPY service /app/service
COPY prompts /app/prompts
COPY evals/results /app/evals/results
WORKDIR /app
ENV HOME=/data \
    PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    AFTERWORD_DATA_DIR=/data \
    AFTERWORD_HOST=0.0.0.0 \
    PORT=8000
# By number, so that a cluster can see that it is not root.
USER 10001
# The weights live here: everything else may be read-only.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
CMD ["python", "-m", "service.cli", "serve"]
