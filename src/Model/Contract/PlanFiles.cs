using System.Globalization;
using System.IO.Compression;

namespace LoadTesting.Model.Contract;

/// <summary>
/// How a plan reaches a runner. The operator puts it into one ConfigMap as text, which people can read and runners of every version understand; one that is
/// larger than a ConfigMap may be is gzip-compressed and cut into parts, one ConfigMap each, which the runner sees in one folder. All of it is a function of
/// the plan's bytes.
/// </summary>
public static class PlanFiles
{
    /// <summary>Name of the file with a plan as it is.</summary>
    public const string Plain = "plan.json";

    /// <summary>Name of a compressed plan; its parts are <c>plan.json.gz.0</c>, <c>plan.json.gz.1</c>, …</summary>
    public const string Packed = "plan.json.gz";

    /// <summary>
    /// Most bytes of one part. The API server takes 1 MiB in a ConfigMap, all keys and values together; in JSON base64 makes four bytes of three, and etcd
    /// takes 1.5 MiB of a request.
    /// </summary>
    public const int MostBytesOfPart = 900 * 1024;

    /// <summary>Most bytes of a plan, as JSON: what a runner reads of any manifest.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>How many parts a compressed plan has at most: also one that does not become smaller.</summary>
    public const int MostParts = (MostBytes / MostBytesOfPart) + 1;

    /// <summary>The plan as files: one, or the parts in order.</summary>
    /// <param name="plan">The plan as JSON, at most <see cref="MostBytes"/>.</param>
    public static IReadOnlyList<PlanFile> Of(byte[] plan)
    {
        if (plan.Length <= MostBytesOfPart)
        {
            return [new PlanFile(Plain, plan, IsText: true)];
        }

        var packed = Pack(plan);
        return [.. packed.Chunk(MostBytesOfPart).Select((part, i) => new PlanFile(PartName(Packed, i), part, IsText: false))];
    }

    /// <summary>Name of a part.</summary>
    /// <param name="file">The compressed plan's name or path.</param>
    /// <param name="part">0-based.</param>
    public static string PartName(string file, int part) => string.Create(CultureInfo.InvariantCulture, $"{file}.{part}");

    /// <summary>The plan of its parts, in order.</summary>
    /// <param name="parts">The parts.</param>
    /// <exception cref="InvalidDataException">They are no whole gzip member, or hold more than <see cref="MostBytes"/>.</exception>
    public static byte[] Join(IEnumerable<byte[]> parts)
    {
        var packed = parts.SelectMany(p => p).ToArray();
        using var plan = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            var buffer = new byte[81920];
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                plan.Write(buffer, 0, read);
                if (plan.Length > MostBytes)
                {
                    throw new InvalidDataException($"the plan is larger than {MostBytes / 1024 / 1024} MiB");
                }
            }
        }

        // RFC 1952, 2.3.1: the last four bytes are the length. A stream that was cut off ends without an error here.
        if (packed.Length < 18 || BitConverter.ToUInt32(packed, packed.Length - 4) != plan.Length)
        {
            throw new InvalidDataException("the compressed plan is not whole");
        }

        return plan.ToArray();
    }

    private static byte[] Pack(byte[] plan)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize))
        {
            gzip.Write(plan);
        }

        return buffer.ToArray();
    }
}

/// <summary>A file of a plan.</summary>
/// <param name="Name">Its name, and its key in a ConfigMap.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsText">Whether it is text.</param>
public sealed record PlanFile(string Name, byte[] Content, bool IsText);
