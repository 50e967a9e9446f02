using System.Globalization;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>Whether a test is small enough to be handed to runners.</summary>
public static class PlanSize
{
    // Fields that are written out though the manifest leaves them to their defaults make a plan a few times as long as its manifest, and no more.
    private const int Surely = 16;

    /// <summary>The problem of a test whose plan is larger than a runner reads; null when there is none.</summary>
    /// <param name="manifest">The effective test.</param>
    /// <param name="written">Length of what it was read from: a short one is not measured.</param>
    public static Problem? Check(LoadTestManifest manifest, long written)
    {
        if (written * Surely <= PlanFiles.MostBytes)
        {
            return null;
        }

        var size = SpecJson.ToUtf8(manifest).Length;
        return size <= PlanFiles.MostBytes ? null : new Problem("spec", "plan-size", string.Create(
            CultureInfo.InvariantCulture,
            $"the test's plan is {size / 1048576.0:0.0} MiB, and {PlanFiles.MostBytes / 1048576} MiB is the most that a runner reads; put rows and bodies into `data` and files, or split the test"))
        {
            Value = string.Create(CultureInfo.InvariantCulture, $"{size} bytes"),
        };
    }
}
