using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Tests.Control;

/// <summary>One lease without a network, so that elections can be followed by exact clocks: who wrote when.</summary>
internal sealed class MemoryLeases(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<(string Writer, TimeSpan At, Lease Lease)> _writes = [];
    private Lease? _lease;
    private int _version;

    public IReadOnlyList<(string Writer, TimeSpan At, Lease Lease)> Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    public Access As(string candidate) => new(this, candidate);

    /// <summary>What a person with kubectl does.</summary>
    public void Annotate()
    {
        lock (_gate)
        {
            _lease = _lease! with
            {
                Metadata = _lease.Metadata with
                {
                    ResourceVersion = $"{++_version}",
                    Annotations = new Dictionary<string, string> { ["touched"] = $"{_version}" },
                },
            };
        }
    }

    private static ApiException Refusal(int code, string reason) => new(new ApiError(code, reason, reason), "lease");

    private Lease Write(string writer, Lease lease, bool creates)
    {
        lock (_gate)
        {
            if (creates ? _lease is not null : _lease?.Metadata.ResourceVersion != lease.Metadata.ResourceVersion)
            {
                throw Refusal(409, creates ? ApiReason.AlreadyExists : ApiReason.Conflict);
            }

            _lease = lease with { Metadata = lease.Metadata with { ResourceVersion = $"{++_version}" } };
            _writes.Add((writer, TimeSpan.FromTicks(time.GetTimestamp()), _lease));
            return _lease;
        }
    }

    private Lease? Read()
    {
        lock (_gate)
        {
            return _lease;
        }
    }

    /// <summary>One candidate's way to the lease, which can break.</summary>
    internal sealed class Access(MemoryLeases leases, string candidate) : IReader, IWriter
    {
        /// <summary>Every request fails at once.</summary>
        public bool IsDown { get; set; }

        /// <summary>Requests get no answer until they are cancelled.</summary>
        public bool Hangs { get; set; }

        /// <summary>Requests that were given up by the elector while they hung.</summary>
        public int Cancelled { get; private set; }

        public async Task<T?> FindAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await PassAsync(cancellation);
            return (T?)(object?)leases.Read();
        }

        public async Task<T> CreateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await PassAsync(cancellation);
            return (T)(object)leases.Write(candidate, (Lease)(object)item, creates: true);
        }

        public async Task<T> UpdateAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation = default)
            where T : class, IKubernetesObject
        {
            await PassAsync(cancellation);
            return (T)(object)leases.Write(candidate, (Lease)(object)item, creates: false);
        }

        public Task<T> GetAsync<T>(ResourceType<T> type, NamespacedName name, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<ResourceList<T>> ListAsync<T>(ResourceType<T> type, ListOptions? options = null, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(ResourceType<T> type, T item, ApplyOptions options, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject fields, ApplyOptions options, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<T> PatchAsync<T>(ResourceType<T> type, NamespacedName name, JsonObject patch, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        public Task<bool> DeleteAsync<T>(ResourceType<T> type, NamespacedName name, DeleteOptions? options = null, CancellationToken cancellation = default)
            where T : class, IKubernetesObject => throw new NotSupportedException();

        private async Task PassAsync(CancellationToken cancellation)
        {
            if (IsDown)
            {
                throw new HttpRequestException("connection refused");
            }

            if (Hangs)
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                catch (OperationCanceledException)
                {
                    Cancelled++;
                    throw;
                }
            }
        }
    }
}
