# Images of this repository, one per target:
#   docker build --target operator -t loadtest-operator .
#   docker build --target runner -t loadtest-runner .
# The base images are build arguments, so that they can come from a mirror or be made locally (tests/testbed/build-image).

# Has the .NET SDK that global.json asks for, and a shell.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
# Has what a self-contained .NET program needs (libc, libstdc++, OpenSSL, certificates); neither a shell nor a package manager is used.
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

# What both programs are made of.
FROM ${SDK_IMAGE} AS source
WORKDIR /source
# The restore is a layer of its own: it runs again only when a package or a reference changes.
COPY .editorconfig global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/Metrics/Metrics.csproj src/Metrics/
COPY src/Expressions/Expressions.csproj src/Expressions/
COPY src/Model/Model.csproj src/Model/
COPY src/Runner/Runner.csproj src/Runner/
COPY src/Kubernetes/Kubernetes.csproj src/Kubernetes/
COPY src/Operator/Operator.csproj src/Operator/
RUN dotnet restore src/Runner --use-current-runtime -p:SelfContained=true -p:PublishReadyToRun=true -p:PublishTrimmed=true \
    && dotnet restore src/Operator --use-current-runtime -p:SelfContained=true
COPY eng eng
COPY src/Metrics src/Metrics
COPY src/Expressions src/Expressions
COPY src/Model src/Model

# What only a debugger or a dump would use is left out of the images: they switch diagnostics off.
FROM source AS build-runner
COPY src/Runner src/Runner
RUN dotnet publish src/Runner --no-restore -c Release --use-current-runtime --self-contained -p:PublishReadyToRun=true -p:PublishTrimmed=true -o /app -p:DebugType=none \
    && rm -f /app/*.xml /app/createdump /app/libmscordaccore.so /app/libmscordbi.so

FROM source AS build-operator
COPY src/Kubernetes src/Kubernetes
COPY src/Operator src/Operator
RUN dotnet publish src/Operator --no-restore -c Release --use-current-runtime --self-contained -o /app -p:DebugType=none \
    && rm -f /app/*.xml /app/createdump /app/libmscordaccore.so /app/libmscordbi.so

FROM ${RUNTIME_IMAGE} AS base
# With a read-only root the runtime has no place for its diagnostics socket.
ENV DOTNET_EnableDiagnostics=0
# A number, so that runAsNonRoot can be checked without the image's user database.
USER 65532:65532

FROM base AS runner
COPY --from=build-runner /app /app
# Hexadecimal: 2 MB for the youngest generation, and free memory within the heap is closed up sooner than the runtime would (docs/decisions/0012).
ENV DOTNET_GCgen0size=0x200000 DOTNET_GCConserveMemory=5
# Compiled code is put in its place without a second mapping of its memory for each piece (docs/decisions/0018).
ENV DOTNET_EnableWriteXorExecute=0
EXPOSE 6565
ENTRYPOINT ["/app/loadtest"]

FROM base AS operator
COPY --from=build-operator /app /app
EXPOSE 8080 8081 9443
ENTRYPOINT ["/app/loadtest-operator"]
