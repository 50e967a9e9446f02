namespace LoadTesting.Kubernetes.Client;

/// <summary>The reasons of metav1.Status that callers act on.</summary>
public static class ApiReason
{
    /// <summary>404: no such object (or no such kind).</summary>
    public const string NotFound = "NotFound";

    /// <summary>409 on creation: the name is taken.</summary>
    public const string AlreadyExists = "AlreadyExists";

    /// <summary>409: the object changed since it was read, a precondition failed, or another manager owns an applied field.</summary>
    public const string Conflict = "Conflict";

    /// <summary>410: the resource version of a list page or a watch is no longer kept; list anew.</summary>
    public const string Expired = "Expired";

    /// <summary>410 of older servers, the same as <see cref="Expired"/>.</summary>
    public const string Gone = "Gone";

    /// <summary>403: RBAC, a quota or admission refuses.</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>401: the credentials are not valid (any more).</summary>
    public const string Unauthorized = "Unauthorized";

    /// <summary>422: the object breaks its schema.</summary>
    public const string Invalid = "Invalid";

    /// <summary>429: too many requests; wait as long as the server says.</summary>
    public const string TooManyRequests = "TooManyRequests";

    /// <summary>504: the server gave up; the change may or may not have happened.</summary>
    public const string Timeout = "Timeout";
}
