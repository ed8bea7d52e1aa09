# syntax=docker/dockerfile:1
# The service, its workers and the command line in one image.
#   docker build -t cyberatelier .
#   docker build -t cyberatelier:cuda --build-arg BASE=nvidia/cuda:12.6.3-base-ubuntu24.04 .
# The kernels choose the GPU by themselves where the machine has one.
ARG BASE=debian:12-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python3 -m venv /opt/cyberatelier
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
# The dependencies first: they change less often than the code.
RUN mkdir -p fitting service && touch fitting/__init__.py service/__init__.py \
    && /opt/cyberatelier/bin/pip install --no-cache-dir -c constraints.txt . \
    && /opt/cyberatelier/bin/pip uninstall -y cyberatelier
COPY fitting fitting
COPY service service
COPY assets assets
RUN /opt/cyberatelier/bin/pip install --no-cache-dir --no-deps .

FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 \
        libegl1 libgl1-mesa-dri libgl1 libxrender1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 cyberatelier \
    && install -d -o cyberatelier /var/lib/cyberatelier
COPY --from=build /opt/cyberatelier /opt/cyberatelier
COPY --from=build /src/assets /opt/cyberatelier/assets
ENV PATH=/opt/cyberatelier/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYOPENGL_PLATFORM=egl \
    CYBERATELIER_ASSETS=/opt/cyberatelier/assets \
    CYBERATELIER_FOLDER=/var/lib/cyberatelier \
    CYBERATELIER_ACCESS=keys \
    CYBERATELIER_LOG_JSON=true
USER cyberatelier
WORKDIR /home/cyberatelier
VOLUME /var/lib/cyberatelier
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["fitting", "serve", "--host", "0.0.0.0", "--port", "8000"]
