# The assessor as a container: `docker compose run --rm demo` writes ./demo-output.
FROM python:3.11-slim
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
 && uv pip install --system --no-cache --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY assessor assessor
COPY connectors connectors
COPY models models
COPY questionnaires questionnaires
RUN uv pip install --system --no-cache --no-deps --no-build-isolation .
RUN useradd --create-home assessor
USER assessor
WORKDIR /home/assessor
ENTRYPOINT ["assessor"]
