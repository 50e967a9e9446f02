using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>TLS towards the target.</summary>
internal static class TlsRules
{
    private const string Rule = "tls";

    public static void Check(TlsSpec tls, ProblemList problems)
    {
        if (tls is { CertFile: null, KeyFile: not null })
        {
            problems.Field("certFile").Add(ProblemRules.Required, "keyFile needs its certFile");
        }

        if (tls is { CertFile: not null, KeyFile: null })
        {
            problems.Field("keyFile").Add(ProblemRules.Required, "certFile needs its keyFile");
        }

        if (tls is { InsecureSkipVerify: true, CaFile: not null })
        {
            problems.Field("caFile").Warn(Rule, "caFile has no effect: insecureSkipVerify accepts every certificate");
        }

        var (min, max) = (Version(tls.MinVersion, problems.Field("minVersion")), Version(tls.MaxVersion, problems.Field("maxVersion")));
        if (min > max)
        {
            problems.Field("minVersion").Add(ProblemRules.Range, $"minVersion ({tls.MinVersion}) is above maxVersion ({tls.MaxVersion})", tls.MinVersion);
        }

        for (var i = 0; i < tls.CipherSuites.Count; i++)
        {
            CheckSuite(tls.CipherSuites[i], problems.Field("cipherSuites").Item(i));
        }
    }

    private static int? Version(string? text, ProblemList problems)
    {
        if (text is null)
        {
            return null;
        }

        for (var i = 0; i < TlsNames.Versions.Count; i++)
        {
            if (TlsNames.Versions[i] == text)
            {
                return i;
            }
        }

        problems.Add(ProblemRules.Choice, $"a TLS version is one of {string.Join(", ", TlsNames.Versions)}", text, Nearest.To(text, TlsNames.Versions));
        return null;
    }

    private static void CheckSuite(string suite, ProblemList problems)
    {
        if (!TlsNames.Suites12.Contains(TlsNames.Registered(suite)) && !TlsNames.Suites13.Contains(suite))
        {
            problems.Add(ProblemRules.Choice, "there is no such cipher suite: names are as in TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", suite, Nearest.To(suite, TlsNames.Suites12.Concat(TlsNames.Suites13)));
        }
    }
}
