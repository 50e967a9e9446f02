namespace LoadTesting.Model.Spec;

/// <summary>Feeders back to nodes.</summary>
internal static class FeederNodes
{
    public static SpecMap Of(FeederSpec feeder) => new NodeBuilder()
        .Add("name", feeder.Name)
        .Add("file", feeder.File)
        .Add("configMap", Key(feeder.ConfigMap))
        .Add("secret", Key(feeder.Secret))
        .Add("volume", feeder.Volume is { } volume ? new NodeBuilder().Add("name", volume.Name).Add("path", volume.Path).Build() : null)
        .Add("rows", feeder.Rows is { } rows ? NodeBuilder.List(rows, r => r) : null)
        .Add("format", feeder.Format?.ToString().ToLowerInvariant())
        .Add("delimiter", feeder.Delimiter == "," ? null : feeder.Delimiter)
        .Add("pick", feeder.Pick == default ? null : feeder.Pick.ToString().ToLowerInvariant())
        .Add("per", feeder.Per == default ? null : feeder.Per.ToString().ToLowerInvariant())
        .Add("onExhausted", feeder.OnExhausted == default ? null : feeder.OnExhausted.ToString().ToLowerInvariant())
        .Build();

    private static SpecMap? Key(DataKey? key) => key is null ? null : new NodeBuilder().Add("name", key.Name).Add("key", key.Key).Build();
}
