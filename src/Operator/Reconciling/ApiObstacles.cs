using LoadTesting.Kubernetes.Client;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// What an answer of the API server means for the run that asked: a table without I/O. The server's codes are those of
/// <c>k8s.io/apimachinery/pkg/api/errors</c>; quota, RBAC and webhooks all answer 403 and are told apart by their words, which are the API server's own.
/// </summary>
internal static class ApiObstacles
{
    // plugin/pkg/admission/resourcequota: "exceeded quota: NAME, requested: …"; apiserver's RBAC: "User "…" cannot create resource "…""; webhook dispatcher:
    // "admission webhook "…" denied".
    private const string Rights = "cannot ";
    private const string Webhook = "admission webhook ";

    /// <summary>What a refusal of a request means.</summary>
    /// <param name="error">The answer.</param>
    /// <param name="what">The object as a person names it, e.g. <c>ConfigMap run-1</c>.</param>
    /// <param name="isPod">A Pod of a runner or a job; else an object beside them.</param>
    public static Obstacle Of(ApiError error, string what, bool isPod = false)
    {
        var refused = isPod ? Reasons.PodRefused : Reasons.ObjectRefused;
        var words = error.Message.TrimEnd('.');
        return error switch
        {
            { IsAlreadyExists: true } => Obstacle.Taken(what),
            { IsNamespaceTerminating: true } => new(Hope.None, refused, $"{what} cannot be made: the namespace is being deleted."),
            { Code: 401 } => new(Hope.Retry, Reasons.NotPermitted, $"{what} cannot be made: the API server does not accept the operator's credentials: {words}."),
            { Code: 403 } when Says(error, Obstacle.Quota) => new(Hope.Somebody, Reasons.QuotaExceeded, $"{what} is refused: {words}. Raise the quota, or need less."),
            { Code: 403 } when !Says(error, Webhook) && Says(error, "User ") && Says(error, Rights) =>
                new(Hope.Somebody, Reasons.NotPermitted, $"{what} cannot be made, because the operator may not do it: {words}. Compare its roles with docs/install.md."),
            _ when Says(error, Webhook) || Says(error, "failed calling webhook") => new(Hope.Somebody, refused, $"{what} is refused: {words}."),
            { Code: 404 } => new(Hope.Somebody, refused, $"{what} cannot be made: {words}."),
            { Code: 408 or 409 or 429 or >= 500 } when !IsTooLarge(error) => new(Hope.Retry, refused, $"{what} cannot be made at the moment: {words}."),
            { Code: 413 } or { Code: 422 } or { Code: >= 500 } when IsTooLarge(error) => new(Hope.None, Reasons.InvalidManifest, $"{what} is too large for the API server: {words}. Make the test smaller."),
            // A schema's or a validation's answer: the same object will not be taken later either.
            { Code: 400 or 405 or 413 or 415 or 422 } => new(Hope.None, refused, $"{what} is refused: {words}."),
            _ => new(Hope.Somebody, refused, $"{what} is refused: {words}."),
        };
    }

    /// <summary>What a failure before any answer means: a connection, a time limit.</summary>
    public static Obstacle Of(Exception error, string what, bool isPod = false) =>
        error is ApiException refused ? Of(refused.Error, what, isPod)
        : new(Hope.Retry, isPod ? Reasons.PodRefused : Reasons.ObjectRefused, $"{what} cannot be made at the moment: {error.Message.TrimEnd('.')}.");

    // ConfigMap and Secret: "Too long: must have at most 1048576 bytes"; the server's own limit: "Request entity too large: limit is 3145728"; etcd:
    // "etcdserver: request is too large", told as 500.
    private static bool IsTooLarge(ApiError error) => Says(error, "Too long: must have at most") || Says(error, "too large") || Says(error, "trying to send message larger than max");

    private static bool Says(ApiError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
