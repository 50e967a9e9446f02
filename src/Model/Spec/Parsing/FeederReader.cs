using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads one entry of <c>data</c>.</summary>
internal static class FeederReader
{
    public static FeederSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        var nothing = new FeederSpec { Name = "_" };
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return nothing;
        }

        var feeder = new FeederSpec
        {
            Name = reader.RequiredString("name") ?? nothing.Name,
            File = reader.String("file"),
            ConfigMap = ReadKey(reader, "configMap"),
            Secret = ReadKey(reader, "secret"),
            Volume = ReadVolume(reader),
            Rows = reader.Has("rows") ? reader.List("rows", (row, _, _) => row) : null,
            Format = reader.Choice<DataFormat>("format"),
            Delimiter = reader.String("delimiter") ?? nothing.Delimiter,
            Pick = reader.Choice<DataPick>("pick") ?? nothing.Pick,
            Per = reader.Choice<DataScope>("per") ?? nothing.Per,
            OnExhausted = reader.Choice<ExhaustionPolicy>("onExhausted") ?? nothing.OnExhausted,
        };
        reader.Close();
        return feeder;
    }

    private static DataKey? ReadKey(ObjectReader owner, string field)
    {
        if (owner.Object(field) is not { } reader)
        {
            return null;
        }

        var key = new DataKey { Name = reader.RequiredString("name") ?? "unnamed", Key = reader.RequiredString("key") ?? "unnamed" };
        reader.Close();
        return key;
    }

    private static DataVolume? ReadVolume(ObjectReader owner)
    {
        if (owner.Object("volume") is not { } reader)
        {
            return null;
        }

        var volume = new DataVolume { Name = reader.RequiredString("name") ?? "unnamed", Path = reader.RequiredString("path") ?? "unnamed" };
        reader.Close();
        return volume;
    }
}
