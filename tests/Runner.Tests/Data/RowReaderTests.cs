using System.Text;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Data;

namespace LoadTesting.Runner.Tests.Data;

public sealed class RowReaderTests
{
    [Theory]
    [InlineData(DataFormat.Csv, "id,name\r\n1,Ann\r\n2,Bob\r\n", """[{"id":"1","name":"Ann"},{"id":"2","name":"Bob"}]""")]
    [InlineData(DataFormat.Csv, "\uFEFF id , name\n1,\"A, \"\"n\"\"\n2\"\n\n", """[{"id":"1","name":"A, \"n\"\n2"}]""")]
    [InlineData(DataFormat.Csv, "id\n", "[]")]
    [InlineData(DataFormat.Csv, "", "[]")]
    [InlineData(DataFormat.Json, """ [{"id": 1, "deep": {"x": [1.5, null]}}, "text", 3] """, """[{"id":1,"deep":{"x":[1.5,null]}},"text",3]""")]
    [InlineData(DataFormat.Jsonl, "{\"id\":1}\r\n\n {\"id\":2}", """[{"id":1},{"id":2}]""")]
    public void Rows_read_as_they_are_written(DataFormat format, string text, string rows)
    {
        var problems = new List<string>();
        var read = RowReader.Read(Encoding.UTF8.GetBytes(text), format, ",", problems);
        Assert.Empty(problems);
        Assert.Equal(rows, CelJson.ToText(CelValue.Of(CelList.Of([.. read]))));
    }

    [Fact]
    public void Another_delimiter()
    {
        var row = Assert.Single(RowReader.Read("a;b\n1,5;2\n"u8.ToArray(), DataFormat.Csv, ";", []));
        Assert.Equal("""{"a":"1,5","b":"2"}""", CelJson.ToText(row));
    }

    [Theory]
    [InlineData(DataFormat.Csv, "id,name\n1,Ann\n2\n3,x,y\n", "line 3: 1 field, and the header has 2|line 4: 3 fields, and the header has 2")]
    [InlineData(DataFormat.Csv, "id,,id\n", "line 1: two columns are named 'id'|line 1: a column has no name")]
    [InlineData(DataFormat.Csv, "id\n1\"2\n", "line 2: a quote stands within a field that is not quoted")]
    [InlineData(DataFormat.Csv, "a,b\n1\n1\n1\n1\n1\n1\n1\n", "line 2: 1 field, and the header has 2|line 3: 1 field, and the header has 2|line 4: 1 field, and the header has 2|line 5: 1 field, and the header has 2|line 6: 1 field, and the header has 2|and 2 more of this kind")]
    [InlineData(DataFormat.Json, "{\"secret\": 1}", "a JSON feeder is one array, whose elements are the rows (one value per line is format: jsonl)")]
    public void What_is_wrong_is_said_with_its_line(DataFormat format, string text, string expected)
    {
        var problems = new List<string>();
        Assert.Empty(RowReader.Read(Encoding.UTF8.GetBytes(text), format, ",", problems));
        Assert.Equal(expected.Split('|'), problems);
    }

    [Theory]
    [InlineData(DataFormat.Json, "[{\"password\": \"hunter2\" oops}]")]
    [InlineData(DataFormat.Jsonl, "{\"a\": 1}\nhunter2\n")]
    [InlineData(DataFormat.Csv, "a,b\nhunter2\n")]
    public void Contents_never_stand_in_problems(DataFormat format, string text)
    {
        var problems = new List<string>();
        RowReader.Read(Encoding.UTF8.GetBytes(text), format, ",", problems);
        Assert.DoesNotContain("hunter2", Assert.Single(problems), StringComparison.Ordinal);
    }
}
