using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Tests.Engine;

public sealed class SecretMaskTests
{
    private const string Secret = "s3cr ét/+&\"x<>";

    /// <summary>What programs make of a secret on its way into a text.</summary>
    public static TheoryData<string, string> Encodings => new()
    {
        { "as it is", Secret },
        { "URL", Uri.EscapeDataString(Secret) },
        { "URL, lower-case digits", Uri.EscapeDataString(Secret).Replace("%C3%A9", "%c3%a9", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal).Replace("%2B", "%2b", StringComparison.Ordinal)
            .Replace("%3C", "%3c", StringComparison.Ordinal).Replace("%3E", "%3e", StringComparison.Ordinal) },
        { "form", WebUtility.UrlEncode(Secret) },
        { "JSON", JsonEncodedText.Encode(Secret).ToString() },
        { "JSON for people", JsonEncodedText.Encode(Secret, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() },
        { "hexadecimal", Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) },
        { "base64 for URLs", System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Secret)) },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_secret_is_found_in_every_encoding(string name, string encoded)
    {
        var mask = new SecretMask([Secret]);
        Assert.True(mask.IsIn($"<{encoded}>"), name);
        Assert.Equal("[****]", mask.Mask($"[{encoded}]"));
    }

    [Theory]
    [InlineData("a:")]
    [InlineData("al:")]
    [InlineData("ali:")]
    [InlineData("alice:")]
    public void What_basic_authentication_encodes_together_with_a_user_is_found(string before)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + "hunter2-hunter2"));
        var shown = new SecretMask(["hunter2-hunter2"]).Mask("Basic " + encoded);
        Assert.Contains(SecretMask.Shown, shown, StringComparison.Ordinal);
        // What is left decodes to nothing of the secret but an octet's part at either end.
        Assert.True(shown.Length < encoded.Length, shown);
        Assert.DoesNotContain(encoded[^8..^4], shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc,abcdef", "abcdef", "****")]
    [InlineData("abcdef,defghi", "<abcdefghi>", "<****>")]
    [InlineData("abcdef,cde", "abcdef", "****")]
    [InlineData("aaa", "aaaa b", "**** b")]
    [InlineData("key", "keykey", "********")]
    [InlineData("ab", "ab", "ab")]
    [InlineData("", "text", "text")]
    [InlineData("secret", "", "")]
    [InlineData("secret", "secre", "secre")]
    public void Secrets_that_overlap_are_masked_together(string secrets, string text, string shown) => Assert.Equal(shown, new SecretMask(secrets.Split(',')).Mask(text));

    [Fact]
    public void No_text_keeps_a_secret_whatever_stands_around_it() => Prop.ForAll(ArbMap.Default.ArbFor<(NonEmptyString, string[], string, string)>(), given =>
    {
        var (first, more, before, after) = given;
        string[] secrets = [first.Get, .. (more ?? []).Where(s => s is not null)];
        var masked = secrets.Where(s => s.Length >= SecretMask.ShortestSecret && !SecretMask.Shown.Contains(s, StringComparison.Ordinal)).ToList();
        var shown = new SecretMask(secrets).Mask(before + string.Concat(secrets) + after);
        return masked.All(s => s.Contains('*', StringComparison.Ordinal) || !shown.Contains(s, StringComparison.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_of_a_feeder_from_a_Secret_are_secret_and_those_of_others_are_not()
    {
        var spec = new LoadTestSpec
        {
            Data =
            [
                new FeederSpec { Name = "users", Secret = new DataKey { Name = "s", Key = "users.json" } },
                new FeederSpec { Name = "items", ConfigMap = new DataKey { Name = "c", Key = "items.json" } },
            ],
            Env = [new EnvVarSpec { Name = "KEY", SecretKeyRef = new KeyRef("s", "k") }, new EnvVarSpec { Name = "PLAIN", Value = "plainly" }],
        };
        var row = CelValue.Of(CelMap.Of([
            KeyValuePair.Create("token", CelValue.Of("tok-123456")), KeyValuePair.Create("pin", CelValue.Of(987654321)), KeyValuePair.Create("on", CelValue.Of("yes")),
            KeyValuePair.Create("deep", CelValue.Of(CelList.Of(CelValue.Of("inner-secret")))),
        ]));
        var rows = new Dictionary<string, IReadOnlyList<CelValue>> { ["users"] = [row], ["items"] = [CelValue.Of("lamp-lamp")] };
        var texts = SecretInputs.Of(spec, new Dictionary<string, string> { ["KEY"] = "k3y", ["PLAIN"] = "plainly" }, rows);
        Assert.Equal(["k3y", "tok-123456", "987654321", "inner-secret"], texts);
    }

    [Theory]
    [InlineData("${env.KEY}", true)]
    [InlineData("Key ${env.KEY}", true)]
    [InlineData("${env['KEY']}", true)]
    [InlineData("${string(hmac.sha256(env.KEY, 'x'))}", true)]
    [InlineData("${env}", true)]
    [InlineData("${data.users.token}", true)]
    [InlineData("${env.PLAIN}", false)]
    [InlineData("${vars.copied}", false)]
    [InlineData("text", false)]
    public void A_field_is_secret_whose_expression_reads_one(string template, bool isSecret)
    {
        var spec = new LoadTestSpec
        {
            Data = [new FeederSpec { Name = "users", Secret = new DataKey { Name = "s", Key = "users.csv" } }],
            Env = [new EnvVarSpec { Name = "KEY", SecretKeyRef = new KeyRef("s", "k") }, new EnvVarSpec { Name = "PLAIN", Value = "plainly" }],
        };
        if (CelTemplate.Compile(template, ExpressionScopes.Flow).Template is not { } value) return; // A function of another name: nothing to prove.
        var secrets = new SecretMask(["k3yk3y"]);
        var isField = SecretInputs.FieldsOf(spec, [("X-Key", value)], secrets)!;
        Assert.Equal(isSecret, isField(KeyValuePair.Create("x-key", "digest")));
        Assert.True(isField(KeyValuePair.Create("X-Other", "came over vars: k3yk3y")));
        Assert.Null(SecretInputs.FieldsOf(new LoadTestSpec(), [("X-Key", value)], secrets));
    }
}
