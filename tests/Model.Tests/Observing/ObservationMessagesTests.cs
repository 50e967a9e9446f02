using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Observing;

namespace LoadTesting.Model.Tests.Observing;

public sealed class ObservationMessagesTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, 123, TimeSpan.FromHours(2));

    [Fact]
    public void Questions_and_answers_are_read_as_they_were_written()
    {
        var answers =
            from name in Gen.Elements("heap", "lag", "ü\"")
            from ints in Gen.Choose(0, 5000).Three()
            from values in ArbMap.Default.GeneratorFor<NormalFloat>().ListOf()
            from texts in Gen.Elements(null, "", "connection refused").Two()
            select new QueryAnswer(name, ints.Item1, ints.Item1 + ints.Item2, [.. values.Select((v, i) => new ObservedValue(i, v.Get))]) { Ambiguous = ints.Item3, Error = texts.Item1, Note = texts.Item2 };
        Prop.ForAll(answers.ListOf().ToArbitrary(), written =>
        {
            var read = ObservationMessages.ReadAnswers(ObservationMessages.Answers([.. written]))!;
            Assert.Equal(written.Select(a => a with { Values = [] }), read.Select(a => a with { Values = [] }));
            Assert.Equal(written.Select(a => a.Values), read.Select(a => a.Values));

            var due = written.Select(a => new QueryDue(a.Name, a.From, a.To)).ToList();
            var question = ObservationMessages.ReadQuestion(ObservationMessages.Question(Start, due))!.Value;
            Assert.Equal(Start, question.Start);
            Assert.Equal(due, question.Due);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"start":"yesterday","due":[]}""")]
    [InlineData("""{"start":"2026-05-01T12:00:00Z","due":[{"name":"a","from":-1,"to":1}]}""")]
    [InlineData("""{"answers":[{"name":"a","from":0}]}""")]
    [InlineData("""{"answers":{}}""")]
    public void What_is_neither_is_nothing(string text)
    {
        Assert.Null(ObservationMessages.ReadQuestion(text));
        Assert.Null(ObservationMessages.ReadAnswers(text));
    }
}
