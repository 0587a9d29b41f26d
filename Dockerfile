# Layerlab in a container, for CPU or GPU: the build argument TORCH_INDEX chooses the build of PyTorch.
#   docker compose --profile cpu up      docker compose --profile gpu up

FROM node:24-bookworm-slim AS page
WORKDIR /source/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-progress
COPY frontend/ ./
COPY shared_schemas/ ../shared_schemas/
RUN npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /source
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY backend/ backend/
COPY shared_schemas/ shared_schemas/
COPY --from=page /source/backend/layerlab/static/ backend/layerlab/static/
RUN LAYERLAB_BUILD_PAGE=no pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim-bookworm AS run
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY constraints.txt /tmp/constraints.txt
COPY --from=wheel /wheels/ /tmp/wheels/
RUN pip install --no-cache-dir -c /tmp/constraints.txt --extra-index-url "${TORCH_INDEX}" /tmp/wheels/*.whl \
    && rm -r /tmp/wheels /tmp/constraints.txt \
    && useradd --uid 1000 --create-home layerlab \
    && install -d -o layerlab /data
USER 1000
VOLUME /data
EXPOSE 8000
ENV LAYERLAB_HOST=0.0.0.0 LAYERLAB_PORT=8000 LAYERLAB_DATA_DIR=/data
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/health', timeout=2)"]
ENTRYPOINT ["layerlab", "serve", "--no-browser"]
