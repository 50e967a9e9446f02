using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Observing;

/// <summary>Something that was seen to happen to the target.</summary>
/// <param name="At">When, from T0.</param>
/// <param name="Text">One sentence without full stop, e.g. <c>container app of Pod shop-1 restarted (OOMKilled, exit code 137)</c>.</param>
public sealed record Happening(Duration At, string Text);
