# Builds the binary, then puts it alone on a distroless base: no shell, no package manager, not root.
FROM oven/bun:1.4.5 AS build
WORKDIR /quill
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile --production
COPY . .
RUN bun run build && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="Quill" org.opencontainers.image.licenses="MIT"
COPY --from=build /quill/dist/quill /usr/local/bin/quill
COPY --from=build --chown=65532:65532 /data /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER 65532:65532
VOLUME /data
EXPOSE 3000
# The root may be read-only: docker run -e QUEUE=inline --read-only --tmpfs /tmp -v quill:/data -p 3000:3000 quill
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s CMD ["/usr/local/bin/quill", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/quill"]
CMD ["serve"]
