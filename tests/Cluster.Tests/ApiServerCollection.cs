using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>One API server for all tests of this assembly.</summary>
[CollectionDefinition(Name)]
public sealed class ApiServerCollection : ICollectionFixture<ApiServerFixture>
{
    public const string Name = "API server";
}
