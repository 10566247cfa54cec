# The bot in a container. The master key is mounted, never built in; group 10001 has to be able to read it:
#   docker build -t autotask-bot .
#   sudo chgrp 10001 autotask-bot.key && chmod 0640 autotask-bot.key
#   docker run --env-file .env -v autotask-bot:/data -v "$PWD/autotask-bot.key:/run/secrets/autotask-bot.key:ro" \
#     -e AUTOTASK_BOT_KEY_FILE=/run/secrets/autotask-bot.key autotask-bot
# With pictures of how a connection went: docker build --build-arg CHARTS=yes -t autotask-bot .
# For signed HTTP instead of Socket Mode add: -e HTTP_HOST=0.0.0.0 -p 127.0.0.1:3000:3000
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /opt/bot \
 && /opt/bot/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
 && /opt/bot/bin/uv pip install --python /opt/bot/bin/python --no-cache --require-hashes -r requirements.lock
ARG CHARTS=
COPY requirements-dev.lock ./
RUN sed -n '/^pillow==/,/^    # via/p' requirements-dev.lock > charts.lock \
 && test -z "$CHARTS" || /opt/bot/bin/uv pip install --python /opt/bot/bin/python --no-cache --require-hashes -r charts.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /opt/bot/bin/uv pip install --python /opt/bot/bin/python --no-cache --no-deps --no-build-isolation . \
 && /opt/bot/bin/uv pip uninstall --python /opt/bot/bin/python uv

FROM python:3.13-slim
COPY --from=build /opt/bot /opt/bot
RUN groupadd --gid 10001 bot \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin bot \
 && install -d -o bot -g bot -m 0700 /data
USER 10001:10001
WORKDIR /data
ENV PATH=/opt/bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/autotask-bot.db \
    LOG_FORMAT=json
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["autotask-bot", "health"]
ENTRYPOINT ["autotask-bot"]
CMD ["serve"]
