# The assessor as a container. It serves the web; `demo`, `simulate` and every other command work as they do
# elsewhere: `docker run --rm plant-assessor frameworks list`. docs/how-to/serve.md tells how to run it.
FROM python:3.11-slim AS packages
COPY requirements-uv.lock requirements.lock /lock/
RUN python -m pip install --no-cache-dir --require-hashes -r /lock/requirements-uv.lock \
 && python -m venv --without-pip /opt/assessor \
 && uv pip install --python /opt/assessor/bin/python --no-cache --compile-bytecode --require-hashes -r /lock/requirements.lock

FROM packages AS program
WORKDIR /source
COPY pyproject.toml README.md ./
COPY assessor assessor
COPY connectors connectors
COPY models models
COPY questionnaires questionnaires
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel .

# The packages are one layer and the program another: a new version of it moves a few megabytes.
# Both are compiled here, since nothing can be written where it runs.
FROM python:3.11-slim
RUN useradd --uid 10001 --create-home assessor \
 && install -d -o assessor -g assessor -m 700 /var/lib/assessor
COPY --from=packages /opt/assessor /opt/assessor
COPY --from=program /wheel /wheel
RUN python -m pip --python /opt/assessor/bin/python install --no-cache-dir --no-index --no-deps /wheel/*.whl
ENV PATH=/opt/assessor/bin:$PATH ASSESSOR_HOME=/var/lib/assessor PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/assessor
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["assessor"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
