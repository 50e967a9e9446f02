# Images of this repository, one per target:
#   docker build --target runner -t loadtest-runner .
# The base images are build arguments, so that they can come from a mirror or be made locally (tests/testbed/build-image).

# Has the .NET SDK that global.json asks for, and a shell.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
# Has what a self-contained .NET program needs (libc, libstdc++, OpenSSL, certificates); neither a shell nor a package manager is used.
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK_IMAGE} AS build-runner
WORKDIR /source
# The restore is a layer of its own: it runs again only when a package or a reference changes.
COPY .editorconfig global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/Metrics/Metrics.csproj src/Metrics/
COPY src/Expressions/Expressions.csproj src/Expressions/
COPY src/Model/Model.csproj src/Model/
COPY src/Runner/Runner.csproj src/Runner/
RUN dotnet restore src/Runner --use-current-runtime -p:SelfContained=true
COPY eng eng
COPY src/Metrics src/Metrics
COPY src/Expressions src/Expressions
COPY src/Model src/Model
COPY src/Runner src/Runner
# What only a debugger or a dump would use is left out: the image switches diagnostics off.
RUN dotnet publish src/Runner --no-restore -c Release --use-current-runtime --self-contained -o /app -p:DebugType=none \
    && rm -f /app/*.xml /app/createdump /app/libmscordaccore.so /app/libmscordbi.so

FROM ${RUNTIME_IMAGE} AS runner
COPY --from=build-runner /app /app
# With a read-only root the runtime has no place for its diagnostics socket.
ENV DOTNET_EnableDiagnostics=0
# A number, so that runAsNonRoot can be checked without the image's user database.
USER 65532:65532
EXPOSE 6565
ENTRYPOINT ["/app/loadtest"]
