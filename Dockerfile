# Fovea runs from its sources: Node strips the types, so there is nothing to build.
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional dependencies are Node itself, which the image has.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:24.21.0-slim
# Kept networks and files that are being uploaded; all else may be read only.
RUN install --directory --owner=node --group=node /data
ENV HOST=0.0.0.0 PORT=3000 DATABASE_URL=sqlite:/data/fovea.sqlite SPOOL_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY schema ./schema
COPY src ./src
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would keep signals to itself.
CMD ["node", "src/server.ts"]
