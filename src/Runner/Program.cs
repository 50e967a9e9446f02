using LoadTesting.Runner.Cli;

return await CommandLine.InvokeAsync(args);
