using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>One runner's agent, spoken to as the operator will: through <see cref="AgentContract"/> and nothing else.</summary>
internal sealed class RunnerAgent(HttpClient client, Uri url, string runId, string token)
{
    /// <summary>Waits until the agent says that it may be started.</summary>
    public Task ReadyAsync() => Eventually.SeeAsync(
        $"{url} is {AgentStates.Ready}",
        async () =>
        {
            using var answer = await GetAsync(AgentContract.ReadyPath);
            return $"{State(answer)}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        },
        seen => seen.StartsWith(AgentStates.Ready + ": 200", StringComparison.Ordinal));

    /// <summary>Posts a verb and fails with the agent's own words when it refuses.</summary>
    public async Task PostAsync(string path, object? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, token);
        request.Headers.Add(AgentContract.RunIdHeader, runId);
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"POST {request.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Scrapes until the snapshot is final.</summary>
    public Task<WorkerSnapshot> FinalAsync() => Eventually.SeeAsync(
        $"{url} has its final snapshot", async () => (await ScrapeAsync()).Snapshot, snapshot => snapshot.IsFinal);

    /// <summary>
    /// When the agent's T0 was by this process' clock, Unix nanoseconds: its wall clock less the time since T0 that its snapshot tells, corrected by the
    /// clock's offset from the middle of a round trip. Of several looks the one with the shortest round trip counts, as in NTP's clock filter. Null when
    /// the agent had finished before: its snapshot's time stands still then.
    /// </summary>
    public async Task<(long Start, long RoundTrip)?> StartAsync(int looks)
    {
        (long Start, long RoundTrip)? best = null;
        for (var i = 0; i < looks; i++)
        {
            var (clock, roundTrip) = await ClockOffsetAsync();
            var (snapshot, wall) = await ScrapeAsync();
            if (!snapshot.IsFinal && !(roundTrip >= best?.RoundTrip))
            {
                best = (wall - snapshot.OffsetNanoseconds - clock, roundTrip);
            }
        }

        return best;
    }

    /// <summary>The latest snapshot, and the agent's wall clock with it.</summary>
    public async Task<(WorkerSnapshot Snapshot, long Wall)> ScrapeAsync()
    {
        using var answer = await GetAsync(AgentContract.MetricsPath, ContentNegotiation.ContentType(ExpositionFormat.Protobuf));
        var read = ExpositionReader.Read(await answer.Content.ReadAsByteArrayAsync(), ExpositionFormat.Protobuf);
        return (read.Snapshot ?? throw new InvalidOperationException(read.Error), Clock(answer));
    }

    private async Task<(long Offset, long RoundTrip)> ClockOffsetAsync()
    {
        var before = Now();
        using var answer = await GetAsync(AgentContract.HealthPath);
        var after = Now();
        return (Clock(answer) - before - ((after - before) / 2), after - before);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, token);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static long Clock(HttpResponseMessage answer) =>
        long.Parse(answer.Headers.GetValues(AgentContract.ClockHeader).Single(), CultureInfo.InvariantCulture);

    private static string State(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(AgentContract.StateHeader, out var values) ? values.Single() : "no state";
}
