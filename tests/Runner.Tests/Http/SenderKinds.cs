using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>The suites over the event loop's sender. One after the other: one of them counts what the process allocates.</summary>
[Collection("senders")]
public sealed class LoopSenderTests() : SenderTests(SenderKind.Loop);

/// <summary>The suites over the platform's client.</summary>
[Collection("senders")]
public sealed class SocketsSenderTests() : SenderTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopTlsTests() : TlsTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsTlsTests() : TlsTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopSessionTests() : SessionTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsSessionTests() : SessionTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopBehaviourTests() : BehaviourTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsBehaviourTests() : BehaviourTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopProxyTests() : ProxyTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsProxyTests() : ProxyTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopFramingTests() : FramingTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsFramingTests() : FramingTests(SenderKind.Sockets);

/// <inheritdoc cref="LoopSenderTests"/>
public sealed class LoopGoodbyeTests() : GoodbyeTests(SenderKind.Loop);

/// <inheritdoc cref="SocketsSenderTests"/>
public sealed class SocketsGoodbyeTests() : GoodbyeTests(SenderKind.Sockets);
