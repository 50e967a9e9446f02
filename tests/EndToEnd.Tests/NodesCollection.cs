using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>One cluster of two nodes for all tests of this assembly.</summary>
[CollectionDefinition(Name)]
public sealed class NodesCollection : ICollectionFixture<NodesFixture>
{
    public const string Name = "nodes";
}
