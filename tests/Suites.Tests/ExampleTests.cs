namespace LoadTesting.Suites.Tests;

/// <summary>The examples as users have them, not scaled: they are valid, with every profile, and can be planned for one runner and for several.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string, string> Examples
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var example in Suite.Examples())
            {
                data.Add(example, "");
                foreach (var profile in Suite.Profiles(example))
                {
                    data.Add(example, profile);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    [Trait("covers", "001-02 001-17 003-03 000-08 004-02 004-143 002-16")]
    public async Task An_example_is_valid_and_can_be_planned(string example, string profile)
    {
        string[] more = ["-e", "API_KEY=any", .. profile.Length > 0 ? new[] { "--profile", profile } : []];
        var path = Path.Combine(Suite.Folder, example);
        var valid = await Suite.CommandAsync(["validate", path, .. more]);
        Assert.True(valid.ExitCode == 0 && valid.Error.Length == 0, valid.Output + valid.Error);
        foreach (var runners in new[] { "1", "3" })
        {
            var plan = await Suite.CommandAsync(["plan", path, "--runners", runners, .. more]);
            Assert.True(plan.ExitCode == 0 && plan.Output.Contains("at most", StringComparison.Ordinal), plan.Output + plan.Error);
        }
    }
}
