using System.Runtime.InteropServices;
using System.Text.Json;

namespace LoadTesting.Expressions.Json;

/// <summary>Work bound of a JSON element: its text's length, which no number of values in it exceeds.</summary>
internal static class JsonWeight
{
    public static long Of(JsonElement element) => 1 + JsonMarshal.GetRawUtf8Value(element).Length;
}
