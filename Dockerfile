# The image: one static binary, no shell, no other file, not root. Run it with a read-only root:
#   docker build -t insyn .
#   docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges -p 127.0.0.1:8080:8080 insyn
# The demo routes by host name and port, so the published port must be the one it listens on. Behind a published port all
# applicants come from one address, so wrong codes of one slow the others; and /metrics answers inside the container only.
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY web/ ./
RUN node build.mjs

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /insyn ./cmd/insyn

FROM scratch
COPY --from=build /insyn /insyn
USER 65534:65534
EXPOSE 8080
ENTRYPOINT ["/insyn"]
CMD ["demo", "--listen", "0.0.0.0:8080"]
