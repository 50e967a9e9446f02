using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LoadTesting.Model.Contract;

namespace LoadTesting.Runner.Agent;

/// <summary>How an agent was started; read from the environment, all problems at once.</summary>
internal sealed record AgentOptions
{
    /// <summary>Path of the effective spec as JSON (or YAML) manifest.</summary>
    public required string PlanFile { get; init; }

    /// <summary>How many compressed parts the plan has; 0 = <see cref="PlanFile"/> is the manifest itself.</summary>
    public int PlanParts { get; init; }

    /// <summary>0-based index of this runner.</summary>
    public required int Index { get; init; }

    /// <summary>Runner count.</summary>
    public required int Count { get; init; }

    /// <summary>The run's unique id.</summary>
    public required string RunId { get; init; }

    /// <summary>Which process of this index it is: 0 = the first.</summary>
    public int Incarnation { get; init; }

    /// <summary>The bearer token that verbs want.</summary>
    public required string Token { get; init; }

    /// <summary>Address to listen on. All of them in a Pod; loopback at the desk.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Any;

    /// <summary>Port; 0 = any free one.</summary>
    public int Port { get; init; } = AgentContract.DefaultPort;

    /// <summary>Port on which anybody may scrape the metrics, without TLS; 0 = any free one; null = none, and they are on <see cref="Port"/>.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Certificate with private key of <see cref="Port"/>; null = it is served without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How long a finished agent waits for its acknowledgement.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Reads the variables of <see cref="AgentContract"/>.</summary>
    /// <param name="variable">Looks a variable up.</param>
    /// <param name="readFile">Reads a text file; null when it cannot be read.</param>
    public static (AgentOptions? Options, IReadOnlyList<string> Problems) Read(Func<string, string?> variable, Func<string, string?> readFile)
    {
        var problems = new List<string>();
        var planFile = Required(AgentContract.PlanFileVariable);
        var runId = Required(AgentContract.RunIdVariable);
        var parts = Number(AgentContract.PlanPartsVariable, 0, PlanFiles.MostParts, 0);
        var index = Number(AgentContract.IndexVariable, 0, 9_999, null);
        var count = Number(AgentContract.CountVariable, 1, 10_000, null);
        var port = Number(AgentContract.PortVariable, 0, 65_535, AgentContract.DefaultPort);
        var incarnation = Number(AgentContract.IncarnationVariable, 0, 10_000, 0);
        var ackTimeout = Number(AgentContract.AckTimeoutVariable, 0, 604_800, 3_600);
        var tokenFile = Required(AgentContract.TokenFileVariable);
        var token = tokenFile.Length == 0 ? null : readFile(tokenFile)?.Trim();
        if (tokenFile.Length > 0 && string.IsNullOrEmpty(token))
        {
            problems.Add($"{AgentContract.TokenFileVariable}: no token in {tokenFile}");
        }

        var metricsPort = variable(AgentContract.MetricsPortVariable) is { Length: > 0 } ? Number(AgentContract.MetricsPortVariable, 0, 65_535, null) : null;
        var certificate = ReadCertificate(variable(AgentContract.CertificateFileVariable), variable(AgentContract.PrivateKeyFileVariable), readFile, problems);
        if (index >= count)
        {
            problems.Add($"{AgentContract.IndexVariable}: {index} is not below {AgentContract.CountVariable}={count}");
        }

        return problems.Count > 0
            ? (null, problems)
            : (new AgentOptions
            {
                PlanFile = planFile,
                PlanParts = (int)parts!,
                Index = (int)index!,
                Count = (int)count!,
                RunId = runId,
                Incarnation = (int)incarnation!,
                Token = token!,
                Port = (int)port!,
                MetricsPort = (int?)metricsPort,
                Certificate = certificate,
                AckTimeout = TimeSpan.FromSeconds((long)ackTimeout!),
            }, problems);

        string Required(string name)
        {
            var value = variable(name);
            if (string.IsNullOrWhiteSpace(value))
            {
                problems.Add($"{name} is not set");
            }

            return value ?? "";
        }

        long? Number(string name, long min, long max, long? fallback)
        {
            var text = variable(name);
            if (string.IsNullOrWhiteSpace(text))
            {
                if (fallback is null)
                {
                    problems.Add($"{name} is not set");
                }

                return fallback;
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            {
                return value;
            }

            problems.Add($"{name}: \"{text}\" is not a whole number from {min} to {max}");
            return fallback;
        }
    }

    private static X509Certificate2? ReadCertificate(string? certificateFile, string? keyFile, Func<string, string?> readFile, List<string> problems)
    {
        if (string.IsNullOrEmpty(certificateFile) && string.IsNullOrEmpty(keyFile))
        {
            return null;
        }

        if (string.IsNullOrEmpty(certificateFile) || string.IsNullOrEmpty(keyFile))
        {
            problems.Add($"{AgentContract.CertificateFileVariable} and {AgentContract.PrivateKeyFileVariable} are set together or not at all");
            return null;
        }

        if (readFile(certificateFile) is not { } certificate || readFile(keyFile) is not { } key)
        {
            problems.Add($"{AgentContract.CertificateFileVariable}: {certificateFile} and {keyFile} cannot both be read");
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException)
        {
            problems.Add($"{AgentContract.CertificateFileVariable}: {certificateFile} and {keyFile} are no certificate in PEM and its private key");
            return null;
        }
    }
}
