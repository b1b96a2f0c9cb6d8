# One image per service: docker build --build-arg SERVICE=enricher -t pegel/enricher .
# All services from one image: docker build -t pegel . && docker run pegel run --target all
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm install --no-save --omit=dev --no-audit --no-fund

# Shared by both targets: production packages and built services, an unprivileged user, no shell entry.
FROM node:24-bookworm-slim AS base
ENV NODE_ENV=production NODE_OPTIONS="--enable-source-maps --max-semi-space-size=8"
WORKDIR /app
COPY --from=packages /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
COPY package.json LICENSE ./
USER node
STOPSIGNAL SIGTERM

# docker build --target service --build-arg SERVICE=<name>: the process itself is process 1 and gets the signals.
FROM base AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
RUN test -f "dist/apps/${SERVICE}/main.js"
ENTRYPOINT ["/bin/sh", "-c", "exec node dist/apps/${SERVICE}/main.js \"$@\"", "--"]

# The default: the command line, which runs every service with `run --target all` or one with `run --target <name>`.
FROM base AS pegel
ENTRYPOINT ["node", "dist/apps/cli/main.js"]
CMD ["run", "--target", "all"]
