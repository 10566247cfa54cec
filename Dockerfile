# The bot in a container: docker build -t autotask-bot . && docker run --env-file .env -v autotask:/data autotask-bot
# The master key is mounted (AUTOTASK_BOT_KEY_FILE), never built in.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /opt/bot \
 && /opt/bot/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
 && /opt/bot/bin/uv pip install --python /opt/bot/bin/python --no-cache --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /opt/bot/bin/uv pip install --python /opt/bot/bin/python --no-cache --no-deps --no-build-isolation . \
 && /opt/bot/bin/uv pip uninstall --python /opt/bot/bin/python uv

FROM python:3.13-slim
COPY --from=build /opt/bot /opt/bot
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bot && install -d -o bot -m 0700 /data
USER 10001
WORKDIR /data
ENV PATH=/opt/bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/autotask-bot.db \
    LOG_FORMAT=json
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["autotask-bot", "health"]
ENTRYPOINT ["autotask-bot"]
CMD ["serve"]
