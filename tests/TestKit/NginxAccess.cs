using System.Globalization;

namespace LoadTesting.TestKit;

/// <summary>One line of <see cref="NginxServer"/>'s access log.</summary>
/// <param name="Method">Request method.</param>
/// <param name="Path">Path with query.</param>
/// <param name="Status">Status sent.</param>
/// <param name="Bytes">Body bytes sent.</param>
/// <param name="Seconds">From the first request byte to the last response byte, resolution 1 ms.</param>
/// <param name="At">Unix time in seconds when the answer ended, resolution 1 ms.</param>
public sealed record NginxAccess(string Method, string Path, int Status, long Bytes, double Seconds, double At)
{
    internal static NginxAccess Parse(string line)
    {
        var parts = line.Split(' ');
        return new NginxAccess(
            parts[0],
            parts[1],
            int.Parse(parts[2], CultureInfo.InvariantCulture),
            long.Parse(parts[3], CultureInfo.InvariantCulture),
            double.Parse(parts[4], CultureInfo.InvariantCulture),
            double.Parse(parts[5], CultureInfo.InvariantCulture));
    }
}
