using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Reconciling;
using static LoadTesting.Operator.Tests.Lifecycle.Given;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>Every answer of an API server has one meaning. The sentences are those of real servers (1.20 to 1.31).</summary>
public sealed class ApiObstaclesTests
{
    private const string User = "User \"system:serviceaccount:loadtest-system:loadtest-operator\"";

    public static TheoryData<int, string, string, bool, Hope, string> Answers => new()
    {
        // the server or the network has trouble
        { 500, "InternalError", "etcdserver: request timed out", false, Hope.Retry, Reasons.ObjectRefused },
        { 500, "InternalError", "etcdserver: leader changed", true, Hope.Retry, Reasons.PodRefused },
        { 503, "ServiceUnavailable", "the server is currently unable to handle the request", true, Hope.Retry, Reasons.PodRefused },
        { 504, "Timeout", "Timeout: request did not complete within requested timeout", true, Hope.Retry, Reasons.PodRefused },
        { 429, "TooManyRequests", "too many requests, please try again later", true, Hope.Retry, Reasons.PodRefused },
        { 408, "Timeout", "request timeout", false, Hope.Retry, Reasons.ObjectRefused },
        { 401, "Unauthorized", "Unauthorized", false, Hope.Retry, Reasons.NotPermitted },
        { 409, "Conflict", "Operation cannot be fulfilled on resourcequotas \"few\": the object has been modified", true, Hope.Retry, Reasons.PodRefused },
        // somebody has to do something
        { 409, "AlreadyExists", "configmaps \"run-1\" already exists", false, Hope.Somebody, Reasons.NameTaken },
        { 409, "AlreadyExists", "object is being deleted: configmaps \"run-1\" already exists", false, Hope.Somebody, Reasons.NameTaken },
        { 403, "Forbidden", "pods \"run-1-0\" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1", true, Hope.Somebody, Reasons.QuotaExceeded },
        { 403, "Forbidden", "configmaps \"run-1\" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=2, limited: configmaps=2", false, Hope.Somebody, Reasons.QuotaExceeded },
        { 403, "Forbidden", "secrets is forbidden: " + User + " cannot create resource \"secrets\" in API group \"\" in the namespace \"shop\"", false, Hope.Somebody, Reasons.NotPermitted },
        { 403, "Forbidden", "pods is forbidden: " + User + " cannot create resource \"pods\" in API group \"\" in the namespace \"shop\"", true, Hope.Somebody, Reasons.NotPermitted },
        { 403, "Forbidden", "pods \"run-1-0\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true", true, Hope.Somebody, Reasons.PodRefused },
        { 403, "Forbidden", "pods \"run-1-0\" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi", true, Hope.Somebody, Reasons.PodRefused },
        { 403, "", "admission webhook \"policy.example.com\" denied the request: images come from our registry", true, Hope.Somebody, Reasons.PodRefused },
        { 400, "", "admission webhook \"policy.example.com\" denied the request: User x cannot do that", false, Hope.Somebody, Reasons.ObjectRefused },
        { 422, "Invalid", "admission webhook \"policy.example.com\" denied the request: no", false, Hope.Somebody, Reasons.ObjectRefused },
        { 409, "Conflict", "admission webhook \"policy.example.com\" denied the request: no", false, Hope.Somebody, Reasons.ObjectRefused },
        { 500, "InternalError", "Internal error occurred: failed calling webhook \"policy.example.com\": Post \"https://policy.kube-system.svc\": connection refused", true, Hope.Somebody, Reasons.PodRefused },
        { 404, "NotFound", "namespaces \"shop\" not found", false, Hope.Somebody, Reasons.ObjectRefused },
        { 418, "", "a teapot", false, Hope.Somebody, Reasons.ObjectRefused },
        // nothing helps
        { 422, "Invalid", "ConfigMap \"run-1\" is invalid: []: Too long: must have at most 1048576 bytes", false, Hope.None, Reasons.InvalidManifest },
        { 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728", false, Hope.None, Reasons.InvalidManifest },
        { 500, "InternalError", "etcdserver: request is too large", false, Hope.None, Reasons.InvalidManifest },
        { 500, "InternalError", "rpc error: code = ResourceExhausted desc = trying to send message larger than max (2209998 vs. 2097152)", false, Hope.None, Reasons.InvalidManifest },
        { 422, "Invalid", "Pod \"run-1-0\" is invalid: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit", true, Hope.None, Reasons.PodRefused },
        { 400, "BadRequest", "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular expression", true, Hope.None, Reasons.PodRefused },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_answer_has_one_meaning(int code, string reason, string message, bool isPod, Hope hope, string expected)
    {
        var obstacle = ApiObstacles.Of(new ApiError(code, reason, message), "ConfigMap run-1", isPod);

        Assert.Equal((hope, expected), (obstacle.Hope, obstacle.Reason));
        Assert.StartsWith("ConfigMap run-1 ", obstacle.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", obstacle.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", obstacle.Message, StringComparison.Ordinal);
        // A person reads what the server said, except where the name alone says it.
        Assert.True(reason == "AlreadyExists" || obstacle.Message.Contains(message.TrimEnd('.'), StringComparison.Ordinal));
    }

    [Fact]
    public void A_namespace_that_goes_away_takes_nothing_any_more()
    {
        var error = new ApiError(403, "Forbidden", "configmaps \"run-1\" is forbidden: unable to create new content in namespace shop because it is being terminated")
        {
            Causes = [new ApiStatusCause { Reason = "NamespaceTerminating" }],
        };
        Assert.Equal((Hope.None, Reasons.ObjectRefused), (ApiObstacles.Of(error, "x").Hope, ApiObstacles.Of(error, "x").Reason));
    }

    public static TheoryData<Exception> Connections => [new HttpRequestException("connection refused"), new IOException("cut off"), new TimeoutException("no answer")];

    [Theory]
    [MemberData(nameof(Connections), DisableDiscoveryEnumeration = true)]
    public void A_connection_that_breaks_is_tried_again(Exception error) => Assert.Equal(Hope.Retry, ApiObstacles.Of(error, "Pod run-1-0", isPod: true).Hope);

    [Theory]
    [InlineData(Hope.Retry, 0, false)]
    [InlineData(Hope.Retry, 100_000, false)]
    [InlineData(Hope.Somebody, 59, false)]
    [InlineData(Hope.Somebody, 61, true)]
    [InlineData(Hope.None, 0, true)]
    public void What_may_pass_has_its_time(Hope hope, int seconds, bool isOver)
    {
        var obstacle = new Obstacle(hope, Reasons.ObjectRefused, "x");
        // By the phase where nobody noted the obstacle itself, and by the obstacle itself where it came late.
        Assert.Equal(isOver, obstacle.IsOver(Now, Now.AddSeconds(-seconds), new RunDeadlines()));
        Assert.Equal(isOver, (obstacle with { Since = Now.AddSeconds(-seconds) }).IsOver(Now, Now.AddHours(-1), new RunDeadlines()));
    }
}
