using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Workloads;

public sealed class RunKeysTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, RunKeys.KeyLength).Select(i => (byte)i)];

    [Fact]
    public void Every_process_with_the_operators_key_derives_the_same_and_no_two_runs_or_operators_share_any()
    {
        var (one, again, other) = (new RunKeys(Key), new RunKeys([.. Key]), new RunKeys([.. Key.Reverse()]));
        Assert.Equal(one.TokenOf("uid"), again.TokenOf("uid"));
        Assert.Equal(one.PublicKeyOf("uid"), again.PublicKeyOf("uid"));
        var keys = from k in new[] { one, other } from uid in new[] { "uid", "uid2", "" } select (k.TokenOf(uid), Convert.ToHexString(k.PublicKeyOf(uid)));
        Assert.Equal(6, keys.Select(k => k.Item1).Distinct().Count());
        Assert.Equal(6, keys.Select(k => k.Item2).Distinct().Count());
    }

    /// <summary>The derivation that the class documents, by another way: textbook arithmetic of the curve (SP 800-186, 3.2.1.3) instead of a library.</summary>
    [Fact]
    public void The_public_key_is_the_documented_multiple_of_the_base_point()
    {
        var wide = HMACSHA512.HashData(Key, Encoding.UTF8.GetBytes("loadtest-run-tls/uid"));
        var d = (new BigInteger(wide, isUnsigned: true, isBigEndian: true) % (P256.N - 1)) + 1;
        var (x, y) = P256.Multiply(d);
        using var shown = ECDsa.Create();
        shown.ImportSubjectPublicKeyInfo(new RunKeys(Key).PublicKeyOf("uid"), out _);
        var q = shown.ExportParameters(includePrivateParameters: false).Q;
        Assert.Equal((x, y), (new BigInteger(q.X!, isUnsigned: true, isBigEndian: true), new BigInteger(q.Y!, isUnsigned: true, isBigEndian: true)));
    }

    [Fact]
    public void A_certificate_holds_the_key_of_its_run_and_names_nobody() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), uid =>
    {
        var keys = new RunKeys(Key);
        var (certificate, privateKey) = keys.CertificateOf(uid.Get);
        using var loaded = X509Certificate2.CreateFromPem(certificate, privateKey);
        using var own = loaded.GetECDsaPrivateKey()!;
        return loaded.PublicKey.ExportSubjectPublicKeyInfo().SequenceEqual(keys.PublicKeyOf(uid.Get))
            && own.ExportSubjectPublicKeyInfo().SequenceEqual(keys.PublicKeyOf(uid.Get)) && loaded.Subject == "CN=loadtest-runner";
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => new RunKeys(new byte[length]));

    private static class P256
    {
        public static readonly BigInteger N = Hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        private static readonly BigInteger P = Hex("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
        private static readonly BigInteger X = Hex("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296");
        private static readonly BigInteger Y = Hex("4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5");

        public static (BigInteger X, BigInteger Y) Multiply(BigInteger d)
        {
            (BigInteger X, BigInteger Y)? sum = null;
            (BigInteger X, BigInteger Y) doubled = (X, Y);
            for (; d > 0; d >>= 1)
            {
                if (!d.IsEven)
                {
                    sum = sum is { } s ? Add(s, doubled) : doubled;
                }

                doubled = Add(doubled, doubled);
            }

            return sum!.Value;
        }

        private static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) a, (BigInteger X, BigInteger Y) b)
        {
            var slope = a == b ? ((3 * a.X * a.X) - 3) * Inverse(2 * a.Y) : (b.Y - a.Y) * Inverse(b.X - a.X);
            var x = Mod((slope * slope) - a.X - b.X);
            return (x, Mod((slope * (a.X - x)) - a.Y));
        }

        private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

        private static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

        private static BigInteger Hex(string digits) => new(Convert.FromHexString(digits), isUnsigned: true, isBigEndian: true);
    }
}
